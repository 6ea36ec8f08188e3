import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import { createBinding, type KeyStore } from '../../src/binding/index.js';
import { type AuthClient, type AuthClientOptions, createAuthClient } from '../../src/core/index.js';
import { keysInMemory } from '../support/keys-in-memory.js';

const YEAR_MS = 365 * 86_400_000;

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
