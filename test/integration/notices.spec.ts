import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { CHANNEL } from '../../src/sessions/revocation/revocation.statements.js';
import { Api, call, PASSWORD } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const ADMIN_TOKEN = randomUUID() + randomUUID();

/** The largest payload that PostgreSQL takes. */
const LARGEST_PAYLOAD = 7999;

/** As soon as a revocation is known elsewhere where nothing stands in its way but a busy machine. */
const AT_ONCE_MS = 700;

/** The heartbeat's second, and some time for a busy machine. */
const BY_HEARTBEAT = { withinMs: 3500 };

const codeAt = async ({ url }: ServerProcess, api: Api, token: string) =>
  (await api.at(url).me(token)).body.code;
const isLive = async ({ url }: ServerProcess) =>
  (await call<{ revocations?: string }>('GET', `${url}/health/ready`)).body.revocations === 'live';

describe('notices that anybody may send who may connect to the database', () => {
  let database: TestDatabase;
  let near: ServerProcess;
  let far: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    near = await startServer(serverEnvironment(database.url));
    far = await startServer(serverEnvironment(database.url));
  });
  afterAll(async () => {
    await Promise.all([near.stop(), far.stop()]);
    await database.drop();
  });

  const notify = (payload: string) =>
    database.query(`SELECT pg_notify($1, $2)`, [CHANNEL, payload]);
  /** It comes after those that were sent before it. */
  const logOutElsewhere = async () => {
    const api = new Api(near.url);
    const { access_token } = await api.register();
    expect(await codeAt(far, api, access_token)).toBeUndefined();
    await api.logout(access_token);
    return eventually(async () => (await codeAt(far, api, access_token)) === 'session_revoked');
  };

  it.each([
    ['nothing', ''],
    ['no JSON', 'no JSON'],
    ['null', 'null'],
    ['a number', '7'],
    ['an empty object', '{}'],
    ['an object in place of an id', '{"sessionId":{}}'],
    ['as much as there may be', 'x'.repeat(LARGEST_PAYLOAD)],
  ])('end no instance, whatever they hold: %s', async (_what, payload) => {
    await notify(payload);
    expect(await logOutElsewhere()).toBeLessThan(AT_ONCE_MS);
  });

  it('sign nobody out', async () => {
    const api = new Api(near.url);
    const { session_id: sessionId, user, access_token } = await api.register();
    for (const lowestEpoch of [null, 1])
      await notify(JSON.stringify({ sessionId, userId: user.id, lowestEpoch }));
    await logOutElsewhere();
    for (const server of [near, far])
      expect(await codeAt(server, api, access_token)).toBeUndefined();
  });

  it('cost no memory and little work, however many and however large', async () => {
    const sizes = async () =>
      (await metricsOf(far.url)).value('evergreen_revocations_in_memory') ?? NaN;
    const before = await sizes();
    await database.query(
      `SELECT pg_notify($1, json_build_object('sessionId', gen_random_uuid(), 'userId', repeat('x', 7800), 'lowestEpoch', NULL)::text)
       FROM generate_series(1, 5000)`,
      [CHANNEL],
    );
    expect(await logOutElsewhere()).toBeLessThan(2 * AT_ONCE_MS);
    expect((await sizes()) - before).toBeLessThan(10);
    expect(await isLive(far)).toBe(true);
  });
});

describe('a full queue of notices', () => {
  /** The least that PostgreSQL takes: half a megabyte. */
  const SMALL = { max_notify_queue_pages: '64' };
  let postgres: OwnPostgres;
  let near: ServerProcess;
  let far: ServerProcess;
  let idler: Client;

  beforeAll(async () => {
    postgres = await startOwnPostgres(SMALL);
    near = await startServer({ ...serverEnvironment(postgres.url), ADMIN_TOKEN });
    far = await startServer(serverEnvironment(postgres.url));
    idler = await fillQueue(postgres.url);
  });
  afterAll(async () => {
    await idler.end();
    await Promise.all([near.stop(), far.stop()]);
    await postgres.remove();
  });

  it.each<[string, (api: Api, signedIn: SignedIn) => Promise<{ status: number }>]>([
    ['logout', (api, { access_token }) => api.logout(access_token)],
    [
      'logout-all',
      (api, { access_token: token }) => api.call('POST', '/auth/logout-all', { token }),
    ],
    [
      'the deletion of the session',
      (api, { access_token: token, session_id }) =>
        api.call('DELETE', `/sessions/${session_id}`, { token }),
    ],
    [
      'the deactivation of the user',
      (api, { user }) =>
        api.call('PUT', `/admin/users/${user.id}/deactivation`, { token: ADMIN_TOKEN }),
    ],
    [
      'a change of password on another device',
      async (api, { email }) => {
        const { body } = await api.login(email);
        return api.changePassword(body.access_token, PASSWORD, 'copper-Meadow-58-anchor');
      },
    ],
    [
      'the deletion of the row by hand',
      async (_api, { session_id }) => {
        await run(postgres.url, 'DELETE FROM sessions WHERE id = $1', [session_id]);
        return { status: 200 };
      },
    ],
  ])('does not hinder %s, and other instances know of it by the heartbeat', async (_what, end) => {
    const api = new Api(near.url);
    const signedIn = await api.register();
    expect(await codeAt(far, api, signedIn.access_token)).toBeUndefined();
    expect(((await end(api, signedIn)).status / 100) | 0).toBe(2);
    for (const server of [near, far])
      await eventually(
        async () => (await codeAt(server, api, signedIn.access_token)) === 'session_revoked',
        BY_HEARTBEAT,
      );
    expect(near.log).not.toContain('"level":50');
  });
});

type SignedIn = Awaited<ReturnType<Api['register']>>;

/** Any role may do it: who listens and then idles in a transaction keeps the queue from its end. */
async function fillQueue(url: string): Promise<Client> {
  const idler = new Client({ connectionString: url });
  await idler.connect();
  await idler.query('LISTEN anything');
  await idler.query('BEGIN');
  await idler.query('SELECT 1');
  const flood = `SELECT pg_notify('anything', repeat('x', 7900) || n) FROM generate_series(1, 8) AS n`;
  for (;;) {
    const code = await run(url, flood).then(
      () => undefined,
      (error: unknown) => (error as { code?: string }).code,
    );
    if (code === '54000') return idler;
    if (code) throw new Error(code);
  }
}

async function run(url: string, sql: string, values?: unknown[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql, values).finally(() => client.end());
}
