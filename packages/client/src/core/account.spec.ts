import { createFakeClock, createFakeServer } from '../testing/index.js';
import { createAuthClient } from './client.js';
import type { AuthRecord } from './record/record.js';
import type { RecordStore } from './storage/storage.js';

const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

describe('logout', () => {
  it.each(['bearer', 'cookie'] as const)(
    'that the server hears of late, by %s, does not end the session that has begun meanwhile',
    async (transport) => {
      const clock = createFakeClock();
      const server = createFakeServer({ clock });
      server.addUser(CREDENTIALS);
      const client = createAuthClient({
        baseUrl: server.url,
        fetch: server.fetch,
        clock,
        storage: 'memory',
        transport,
      });
      await client.login(CREDENTIALS);
      server.faults.next('logout', 'reset');
      await client.logout();
      await client.login(CREDENTIALS);
      await clock.advance(60_000);
      expect(await client.refreshToken()).toEqual(expect.any(String));
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
      client.dispose();
    },
  );
});

describe('changePassword', () => {
  const CHANGE = {
    current_password: CREDENTIALS.password,
    new_password: 'copper-Meadow-58-anchor',
  };

  /** What all tabs store in; they tell each other nothing. */
  function sharedStore(): RecordStore {
    let stored: AuthRecord | undefined;
    return { shared: true, update: async (decide) => void (stored = decide(stored) ?? stored) };
  }

  it('keeps the tokens that it is answered, in a tab that has not heard of the sign-in before it', async () => {
    const { BroadcastChannel } = globalThis;
    Object.assign(globalThis, { BroadcastChannel: undefined });
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    const store = sharedStore();
    const open = () =>
      createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: () => store });
    const [first, second] = [open(), open()];
    try {
      await second.ready();
      await first.login(CREDENTIALS);
      await second.changePassword(CHANGE);
      expect(await second.refreshToken()).toEqual(expect.any(String));
      expect(await first.refreshToken()).toEqual(expect.any(String));
    } finally {
      first.dispose();
      second.dispose();
      Object.assign(globalThis, { BroadcastChannel });
    }
  });

  it('that is overtaken by a sign-out leaves no session behind', async () => {
    const clock = createFakeClock();
    const server = createFakeServer({ clock });
    server.addUser(CREDENTIALS);
    const client = createAuthClient({
      baseUrl: server.url,
      fetch: server.fetch,
      clock,
      storage: 'memory',
    });
    await client.login(CREDENTIALS);
    server.faults.next('change-password', { delayMs: 1_000 });
    const change = client.changePassword(CHANGE).catch((error: unknown) => error);
    await clock.settle();
    await client.logout();
    await clock.advance(2_000);
    expect(await change).toMatchObject({ kind: 'aborted', code: 'signed_out' });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    expect(server.sessions).toEqual([]);
    client.dispose();
  });

  it('asks nobody where nobody is signed in', async () => {
    const server = createFakeServer();
    const client = createAuthClient({
      baseUrl: server.url,
      fetch: () => Promise.reject(new Error('asked')),
      storage: 'memory',
    });
    await expect(client.changePassword(CHANGE)).rejects.toMatchObject({
      kind: 'auth',
      code: 'not_authenticated',
    });
    client.dispose();
  });
});
