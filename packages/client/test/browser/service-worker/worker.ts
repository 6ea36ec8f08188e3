/**
 * A service worker that has the client: it authorises what pages ask of the application, and signs
 * in and out for them.
 */
import { createAuthClient } from '../../../src/core/index.js';

/** As much of a service worker's events as this one needs; TypeScript's are not those of a page. */
interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Message extends MessageEvent<{ email: string; password: string } | 'refresh' | 'logout'> {
  waitUntil(work: Promise<unknown>): void;
}
declare const clients: { claim(): Promise<void> };
declare const skipWaiting: () => Promise<void>;

const client = createAuthClient();

addEventListener('install', (event) => (event as ExtendableEvent).waitUntil(skipWaiting()));
addEventListener('activate', (event) => (event as ExtendableEvent).waitUntil(clients.claim()));

addEventListener('fetch', (event) => {
  const { request } = event as FetchEvent;
  if (new URL(request.url).pathname.startsWith('/app/'))
    (event as FetchEvent).respondWith(client.fetch(request));
});

addEventListener('message', (event) => {
  const { data, ports } = event as Message;
  const answer = carryOut(data).then(
    () => ports[0]?.postMessage(client.getSnapshot().status),
    (error: unknown) => ports[0]?.postMessage(String(error)),
  );
  (event as Message).waitUntil(answer);
});

async function carryOut(order: Message['data']): Promise<unknown> {
  if (order === 'refresh') return client.refreshToken();
  return order === 'logout' ? client.logout() : client.login(order);
}
