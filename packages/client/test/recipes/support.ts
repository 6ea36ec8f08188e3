import { type AuthClient, createAuthClient } from '../../src/core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeClock,
  type FakeServer,
} from '../../src/testing/index.js';

export const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

/** An application's server, and a client of it in which nobody is signed in yet. */
export interface World {
  readonly clock: FakeClock;
  readonly server: FakeServer;
  readonly client: AuthClient;
  /** Signs in, and lets the token expire without the client knowing. */
  signInAndExpire(): Promise<void>;
}

/** A new one for each test of a file. */
export function useWorld(): World {
  const world = {} as { -readonly [Part in keyof World]: World[Part] };
  beforeEach(() => {
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    const client = createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock });
    const signInAndExpire = async () => {
      await client.login(CREDENTIALS);
      await clock.advance(10_000);
      server.expireAccessTokens();
    };
    Object.assign(world, { clock, server, client, signInAndExpire });
  });
  afterEach(() => world.client.dispose());
  return world;
}

/** How the refreshes have ended that the server was asked for. */
export function outcomes({ server }: World): string[] {
  return server.refreshes.map(({ outcome }) => outcome);
}
