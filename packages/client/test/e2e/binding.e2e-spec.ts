import { createHash, generateKeyPairSync, type KeyPairKeyObjectResult, sign } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Module, Post } from '@nestjs/common';
import axios, { type AxiosInstance } from 'axios';
import { RequireProof } from '../../../../src/index.js';
import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { startApp, type TestApp } from '../../../../test/support/app.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import { attachAuth } from '../../src/axios/index.js';
import { createBinding, type KeyStore } from '../../src/binding/index.js';
import {
  type AuthClient,
  type AuthClientOptions,
  type AuthClock,
  createAuthClient,
} from '../../src/core/index.js';
import { hardwareKeys, type Keystore } from '../recipes/hardware-keys.js';
import { keysInMemory } from '../support/keys-in-memory.js';

const YEAR_MS = 365 * 86_400_000;

/** What a native module is to an app. */
function newKeystore(): Keystore {
  let pair: KeyPairKeyObjectResult | undefined;
  return {
    publicJwk: async () => pair?.publicKey.export({ format: 'jwk' }) ?? null,
    generate: async () => void (pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    sign: async (_, bytes) =>
      sign('sha256', bytes, { key: pair!.privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

describe.each(['default', 'all'])('createBinding, at a real server with PROOF_ON=%s', (proofOn) => {
  let database: TestDatabase;
  let server: ServerProcess;
  let asked: string[];
  const clients: AuthClient[] = [];

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ ...serverEnvironment(database.url), PROOF_ON: proofOn });
  });

  beforeEach(() => (asked = []));
  afterEach(() => clients.splice(0).forEach((client) => client.dispose()));

  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  function newClient(
    store: KeyStore,
    { clockIsOffByMs = 0, ...options }: AuthClientOptions & { clockIsOffByMs?: number } = {},
  ): AuthClient {
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push(new URL(input instanceof Request ? input.url : input).pathname);
      return globalThis.fetch(input, init);
    };
    const binding = createBinding({ store, fetch, now: () => Date.now() + clockIsOffByMs });
    const client = createAuthClient({ baseUrl: server.url, fetch: binding.fetch, ...options });
    clients.push(client);
    return client;
  }

  async function registered(...how: Parameters<typeof newClient>): Promise<AuthClient> {
    const client = newClient(...how);
    await client.register({ email: newEmail(), password: PASSWORD });
    return client;
  }

  it('registers, refreshes and asks with proofs that the server accepts at once', async () => {
    const client = await registered(keysInMemory());
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(asked).toEqual(['/api/auth/register', '/api/auth/refresh']);
    const list = (await (await client.fetch('/api/sessions')).json()) as { sessions: unknown[] };
    expect(list.sessions).toEqual([expect.objectContaining({ binding: 'key' })]);
  });

  it('changes the password, proves who the user is, and signs out', async () => {
    const client = await registered(keysInMemory());
    const user = client.getCurrentUser() as { id: string };
    await client.reauthenticate({ current_password: PASSWORD });
    await client.changePassword({ current_password: PASSWORD, new_password: `${PASSWORD}-2` });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    asked.length = 0;
    await client.logout();
    expect(asked).toEqual(['/api/auth/logout']);
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    const live = await database.query(
      `SELECT id FROM sessions WHERE user_id = $1 AND revoked_at IS NULL`,
      [user.id],
    );
    expect(live).toEqual([]);
  });

  it('signs out everywhere', async () => {
    const client = await registered(keysInMemory());
    await client.logout({ scope: 'global' });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });

  it.each([YEAR_MS, -YEAR_MS])(
    'with a clock that is off by %i ms costs one request more',
    async (ms) => {
      const client = await registered(keysInMemory(), { clockIsOffByMs: ms });
      await client.refreshToken();
      expect(asked).toEqual(['/api/auth/register', '/api/auth/register', '/api/auth/refresh']);
      expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
    },
  );

  it('says key_lost where the key is gone', async () => {
    const keys = keysInMemory();
    let stored: string | undefined;
    const storage = {
      read: async () =>
        stored === undefined
          ? ({ kind: 'absent' } as const)
          : ({ kind: 'value', value: stored } as const),
      write: async (value: string) => void (stored = value),
    };
    const before = await registered(keys, { storage });
    before.dispose();
    keys.clear();
    const after = newClient(keys, { storage });
    await after.ready();
    await after.refreshToken().catch(() => {});
    expect(after.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'key_lost' });
  });

  it('takes the key of a phone, by the file that the README sends apps to', async () => {
    const store = hardwareKeys(newKeystore(), async (bytes) =>
      createHash('sha256').update(bytes).digest(),
    );
    const client = await registered(store);
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(client.getSnapshot()).toMatchObject({ binding: 'key' });
    expect((await store.make())?.publicJwk).toEqual((await store.read())?.publicJwk);
  });

  it('refuses a stolen token, and leaves its owner alone', async () => {
    const client = await registered(keysInMemory());
    const token = await client.getAccessToken();
    const stolen = await fetch(`${server.url}/api/auth/refresh`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(stolen.status).toBe(401);
    expect(await stolen.json()).toMatchObject({ clear_credentials: false });
    expect(await client.refreshToken()).toEqual(expect.any(String));
  });
});

@Controller('api/payments')
class PaymentsController {
  @Get('open')
  list() {
    return { list: [] };
  }

  @RequireProof({ once: true })
  @HttpCode(200)
  @Post()
  pay(@Body() body: object) {
    return body;
  }
}

@Module({ controllers: [PaymentsController] })
class PaymentsModule {}

describe.each(['default', 'all'])('@RequireProof(), with PROOF_ON=%s', (proofOn) => {
  let app: TestApp;
  let client: AuthClient;
  let api: AxiosInstance;
  let statuses: number[];
  /** By the clock of the client alone. */
  let elapsedMs: number;

  beforeAll(async () => {
    app = await startApp({ modules: [PaymentsModule], env: { PROOF_ON: proofOn } });
  });

  afterAll(() => app.close());

  beforeEach(async () => {
    const binding = createBinding({
      store: keysInMemory(),
      now: () => app.clock.nowMs(),
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        statuses.push(response.status);
        return response;
      },
    });
    elapsedMs = 0;
    const clock: AuthClock = {
      now: () => Date.now() + elapsedMs,
      monotonic: () => performance.now() + elapsedMs,
      setTimer(callback, milliseconds) {
        const timer = setTimeout(callback, milliseconds);
        return () => clearTimeout(timer);
      },
    };
    client = createAuthClient({ baseUrl: app.url, fetch: binding.fetch, clock });
    statuses = [];
    await client.register({ email: newEmail(), password: PASSWORD });
    api = axios.create({ baseURL: app.url, adapter: 'fetch', env: { fetch: binding.fetch } });
    statuses = [];
  });

  afterEach(() => client.dispose());

  const pay = (amount: number) => api.post<unknown>('/api/payments', { amount });

  it('lets axios through that sends by the fetch of the binding, with its body', async () => {
    attachAuth(api, client);
    for (const amount of [1, 2]) expect((await pay(amount)).data).toEqual({ amount });
    expect(statuses).toEqual([401, 200, 200]);
    expect((await api.get('/api/payments/open', { params: { page: 1 } })).status).toBe(200);
  });

  it('lets axios through where the token has expired on the way', async () => {
    attachAuth(api, client);
    await pay(1);
    const before = await client.getAccessToken();
    statuses = [];
    // More than ten seconds after its last refresh, and as far as it knows the token is good.
    elapsedMs = 60_000;
    app.clock.advance({ hours: 9 });
    expect((await pay(2)).data).toEqual({ amount: 2 });
    expect(await client.getAccessToken()).not.toBe(before);
  });

  it('lets a request through that gets its token by tokenFor', async () => {
    const token = await client.tokenFor(`${app.url}/api/payments`);
    const headers = { Authorization: `Bearer ${token}` };
    const { data } = await api.post<unknown>('/api/payments', { amount: 3 }, { headers });
    expect(data).toEqual({ amount: 3 });
  });

  it('refuses axios that sends by itself, and nothing ends', async () => {
    const bare = axios.create({ baseURL: app.url });
    attachAuth(bare, client);
    await expect(bare.post('/api/payments', { amount: 4 })).rejects.toMatchObject({
      response: { status: 401, data: { code: 'proof_required', clear_credentials: false } },
    });
    expect(await client.refreshToken()).toEqual(expect.any(String));
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated', binding: 'key' });
  });

  it('lets client.fetch through', async () => {
    const how = { method: 'POST', headers: { 'Content-Type': 'application/json' } };
    const response = await client.fetch('/api/payments', { ...how, body: '{"amount":5}' });
    expect(await response.json()).toEqual({ amount: 5 });
  });
});
