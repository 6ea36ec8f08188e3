import axios from 'axios';
import { attachAuth } from '../axios/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeClock,
  type FakeServer,
} from '../testing/index.js';
import { type AuthClient, createAuthClient } from './index.js';
import type { AuthClientOptions } from './options.js';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const PROOF = { current_password: ADA.password };
const TEN_MINUTES_MS = 600_000;

describe.each(['bearer', 'cookie'] as const)(
  'a request that needs a recent proof of who the user is (%s)',
  (transport) => {
    let clock: FakeClock;
    let server: FakeServer;
    let clients: AuthClient[];
    let paid: number;

    beforeEach(() => {
      clock = createFakeClock();
      server = createFakeServer({ clock });
      server.addUser(ADA);
      clients = [];
      paid = 0;
      server.handle('POST /api/payments', () => ({ paid: ++paid }), { maxAgeSeconds: 300 });
    });

    afterEach(() => clients.forEach((one) => one.dispose()));

    function newClient(options: AuthClientOptions = {}): AuthClient {
      const client = createAuthClient({
        baseUrl: server.url,
        fetch: server.fetch,
        transport,
        clock,
        storage: 'memory',
        ...options,
      });
      clients.push(client);
      return client;
    }

    const pay = async (client: AuthClient) => client.fetch('/api/payments', { method: 'POST' });

    /** A client of somebody who signed in ten minutes ago. */
    async function signedIn(options: AuthClientOptions = {}): Promise<AuthClient> {
      const client = newClient(options);
      await client.login(ADA);
      await clock.advance(TEN_MINUTES_MS);
      return client;
    }

    it('gets the refusal where nothing is said of proofs, and the session stays', async () => {
      const client = await signedIn();
      const response = await pay(client);
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({
        code: 'reauthentication_required',
        max_age: 300,
      });
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('goes on with the new token once it is proved', async () => {
      const client = await signedIn({ onReauthenticate: () => client.reauthenticate(PROOF) });
      expect((await pay(client)).status).toBe(200);
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
      expect(await client.refreshToken()).toEqual(expect.any(String));
      expect(server.sessions).toHaveLength(1);
    });

    it('asks once for ten at once, and for those that come while it is asked', async () => {
      let proved: () => void = () => {};
      const onReauthenticate = jest.fn(async () => {
        await new Promise<void>((resolve) => (proved = resolve));
        await client.reauthenticate(PROOF);
      });
      const client = await signedIn({ onReauthenticate });
      const all = Array.from({ length: 10 }, async () => pay(client));
      await clock.advance(60_000);
      const late = pay(client);
      await clock.advance(60_000);
      proved();
      const statuses = (await Promise.all([...all, late])).map(({ status }) => status);
      expect(statuses).toEqual(Array(11).fill(200));
      expect(onReauthenticate).toHaveBeenCalledTimes(1);
      expect(paid).toBe(11);
    });

    it('asks nobody where it was proved while the request was on its way', async () => {
      const onReauthenticate = jest.fn(async () => {});
      const client = await signedIn({ onReauthenticate });
      server.faults.next('/api/payments', async (serve) => {
        const response = await serve();
        await client.reauthenticate(PROOF);
        return response;
      });
      expect((await pay(client)).status).toBe(200);
      expect(onReauthenticate).not.toHaveBeenCalled();
    });

    it.each([
      ['rejects', () => Promise.reject(new Error('not now'))],
      ['proves nothing', () => Promise.resolve()],
      [
        'throws',
        () => {
          throw new Error('broken');
        },
      ],
    ])('gets the refusal where the application %s, and is asked again', async (_, answer) => {
      const onReauthenticate = jest.fn(answer);
      const client = await signedIn({ onReauthenticate });
      for (const times of [1, 2]) {
        const response = await pay(client);
        expect(response.status).toBe(401);
        expect(await response.json()).toMatchObject({ code: 'reauthentication_required' });
        expect(onReauthenticate).toHaveBeenCalledTimes(times);
      }
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('waits no longer than its signal allows', async () => {
      const client = await signedIn({ onReauthenticate: () => new Promise(() => {}) });
      const controller = new AbortController();
      const paying = client.fetch('/api/payments', { method: 'POST', signal: controller.signal });
      const failed = paying.catch((error: unknown) => error);
      await clock.advance(60_000);
      controller.abort(new Error('gone'));
      expect(await failed).toMatchObject({ message: 'gone' });
    });

    it('is not sent for somebody else who has signed in meanwhile', async () => {
      const eve = { email: 'eve@example.com', password: 'copper Meadow 58' };
      server.addUser(eve);
      const client = await signedIn({
        onReauthenticate: async () => {
          await client.logout();
          await client.login(eve);
        },
      });
      expect((await pay(client)).status).toBe(401);
      expect(paid).toBe(0);
    });

    it('goes on by axios, too', async () => {
      const onReauthenticate = jest.fn(async () => client.reauthenticate(PROOF));
      const client = await signedIn({ onReauthenticate });
      const api = axios.create({ baseURL: server.url, adapter: 'fetch' });
      api.defaults.env = { ...api.defaults.env, fetch: server.fetch };
      attachAuth(api, client);
      const all = [1, 2, 3].map(async () => api.post('/api/payments'));
      expect((await Promise.all(all)).map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(onReauthenticate).toHaveBeenCalledTimes(1);
    });

    describe('client.reauthenticate', () => {
      it('rejects for a wrong password, and signs nobody out', async () => {
        const client = await signedIn();
        await expect(client.reauthenticate({ current_password: 'wrong' })).rejects.toMatchObject({
          kind: 'auth',
          code: 'current_password_invalid',
        });
        expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
        await client.reauthenticate(PROOF);
        expect((await pay(client)).status).toBe(200);
      });

      it('may be asked again where its response was lost, and signs nobody out', async () => {
        const told: string[] = [];
        const client = await signedIn();
        client.on('reauthRequired', () => told.push('reauthRequired'));
        client.on('sessionExpired', () => told.push('sessionExpired'));
        server.faults.next('/api/auth/reauthenticate', 'lose-response');
        const lost = client.reauthenticate(PROOF).catch((error: unknown) => error);
        await clock.advance(20_000);
        expect(await lost).toMatchObject({ retryable: true });
        // The tokens at hand are void, and the client does not know.
        const refreshed = client.refreshToken().catch((error: unknown) => error);
        await clock.advance(20_000);
        expect(await refreshed).toMatchObject({ code: 'reauthentication_required' });
        expect(told).toContain('reauthRequired');
        expect(told).not.toContain('sessionExpired');
        expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
        await client.reauthenticate(PROOF);
        expect((await pay(client)).status).toBe(200);
        expect(await client.refreshToken()).toEqual(expect.any(String));
      });

      it('works with an access token that has expired', async () => {
        const client = await signedIn();
        await clock.advance(3 * 3_600_000);
        server.expireAccessTokens();
        await client.reauthenticate(PROOF);
        expect((await pay(client)).status).toBe(200);
      });

      it('rejects where nobody is signed in', async () => {
        await expect(newClient().reauthenticate(PROOF)).rejects.toMatchObject({
          code: 'not_authenticated',
        });
      });
    });
  },
);
