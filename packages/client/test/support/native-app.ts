import { type AuthClient, type AuthStorage, createAuthClient } from '../../src/core/index.js';
import { ManualClock, settle, SmallServer } from './small-server.js';

/** One life of an app, from its start to its end. */
export interface App {
  readonly client: AuthClient;
  /** What the client has told, in order. */
  readonly told: string[];
  status(): string;
  /** The system ends it, without a word. */
  kill(): void;
}

/** A server, and apps of one telephone, which live one after the other. */
export function newWorld() {
  const clock = new ManualClock();
  const server = new SmallServer(clock);

  function startApp(storage: AuthStorage | 'memory'): App {
    let isAlive = true;
    const client = createAuthClient({
      baseUrl: 'https://api.example.com',
      storage,
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        setTimer: (callback, milliseconds) =>
          clock.setTimer(() => isAlive && callback(), milliseconds),
      },
      fetch: async (input, init) => {
        const response = await server.fetch(input, init);
        return isAlive ? response : new Promise<Response>(() => {});
      },
    });
    const told: string[] = [];
    for (const event of [
      'signedIn',
      'signedOut',
      'sessionExpired',
      'tokenRefreshed',
      'refreshFailed',
      'reauthRequired',
    ] as const) {
      client.on(event, () => told.push(event));
    }
    return {
      client,
      told,
      status: () => client.getSnapshot().status,
      kill() {
        isAlive = false;
        client.dispose();
      },
    };
  }

  /** Starts an app, and waits until it knows whether somebody is signed in. */
  async function openApp(storage: AuthStorage): Promise<App> {
    const app = startApp(storage);
    await app.client.ready();
    return app;
  }

  /** Somebody has signed in, in an app that does not run any more. */
  async function signedIn(storage: AuthStorage): Promise<void> {
    const app = startApp(storage);
    await app.client.login(CREDENTIALS);
    await settle();
    app.kill();
  }

  return { clock, server, startApp, openApp, signedIn };
}

export const CREDENTIALS = { email: 'user@example.com', password: 'correct horse battery' };
