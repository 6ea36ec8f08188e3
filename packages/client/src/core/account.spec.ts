import { createFakeClock, createFakeServer } from '../testing/index.js';
import { createAuthClient } from './client.js';

const CREDENTIALS = { email: 'ada@example.com', password: 'violet-Harbor-73-lantern' };

describe('logout', () => {
  it.each(['bearer', 'cookie'] as const)(
    'that the server hears of late, by %s, does not end the session that has begun meanwhile',
    async (transport) => {
      const clock = createFakeClock();
      const server = createFakeServer({ clock });
      server.addUser(CREDENTIALS);
      const client = createAuthClient({ baseUrl: server.url, fetch: server.fetch, clock, storage: 'memory', transport });
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
