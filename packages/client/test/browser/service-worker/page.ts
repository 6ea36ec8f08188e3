/** A page that leaves tokens to its service worker; `auth` is for pages that have the client, too. */
import { createAuthClient } from '../../../src/core/index.js';

/** Sends this to the worker, and resolves with what it answers. */
function tell(order: unknown): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    navigator.serviceWorker.controller?.postMessage(order, [port2]);
  });
}

/** What the application says to whoever is signed in. */
async function ask(body?: string): Promise<{ status: number; body: string }> {
  const response = await fetch('/app/echo', { method: 'POST', body: body ?? null });
  const answer = (await response.json()) as { body: string };
  return { status: response.status, body: answer.body };
}

Object.assign(globalThis, { tell, ask, createAuthClient });

const controlled = new Promise((resolve) =>
  navigator.serviceWorker.addEventListener('controllerchange', resolve),
);
await navigator.serviceWorker.register('/worker.js');
if (!navigator.serviceWorker.controller) await controlled;
Object.assign(globalThis, { isReady: true });
