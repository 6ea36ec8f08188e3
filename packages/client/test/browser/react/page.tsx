import { version } from 'react';
import { createRoot, hydrateRoot, type Root } from 'react-dom/client';
import {
  type AuthClient,
  createAuthClient,
  type Snapshot,
  type User,
} from '../../../src/core/index.js';
import type { Auth } from '../../../src/react/index.js';
import { App } from './app.js';

export interface PageGlobals {
  reactVersion: string;
  /** What the server has rendered with. */
  initialSession?: Snapshot;
  client: AuthClient;
  root: Root;
  /** All that it has ever shown, one after the other. */
  shown: string[];
  /** What React complained of. */
  complaints: string[];
  auths: Auth[];
  /** Each time that an effect ran which depends on the user. */
  users: (User | null | undefined)[];
  subscriptions: number;
  renderAgain(): void;
  releaseLate(): void;
}

const page = globalThis as unknown as PageGlobals;
page.reactVersion = version;
page.shown = [];
page.complaints = [];
page.auths = [];
page.users = [];
page.subscriptions = 0;
console.error = (...messages: unknown[]) => page.complaints.push(messages.join(' '));

const client = createAuthClient();
const { subscribe } = client;
page.client = {
  ...client,
  subscribe(listener) {
    page.subscriptions++;
    const unsubscribe = subscribe(listener);
    return () => {
      page.subscriptions--;
      unsubscribe();
    };
  },
};

const app = (
  <App
    client={page.client}
    initialSession={page.initialSession}
    late={new Promise((release) => (page.releaseLate = () => release(undefined)))}
    onShow={(status) => status !== page.shown.at(-1) && page.shown.push(status)}
    onAuth={(auth) => void page.auths.push(auth)}
    onUser={(user) => void page.users.push(user)}
    onMount={(renderAgain) => void (page.renderAgain = renderAgain)}
  />
);
const container = document.getElementById('root') as HTMLElement;
const onRecoverableError = (error: unknown) => void page.complaints.push(String(error));
if (container.hasChildNodes()) page.root = hydrateRoot(container, app, { onRecoverableError });
else {
  page.root = createRoot(container, { onRecoverableError });
  page.root.render(app);
}
