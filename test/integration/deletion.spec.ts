import { Client } from 'pg';
import {
  CHANNEL,
  REMEMBERED_SECONDS,
} from '../../src/sessions/revocation/revocation.statements.js';
import { Api, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

/** Sooner than the next heartbeat: by the notice. */
const AT_ONCE = { withinMs: 900 };

type SignedIn = Awaited<ReturnType<Api['register']>>;

const DELETIONS: [string, (s: SignedIn) => [string, unknown[]]][] = [
  ['DELETE FROM users', ({ user }) => ['DELETE FROM users WHERE id = $1', [user.id]]],
  ['DELETE FROM sessions', (s) => ['DELETE FROM sessions WHERE id = $1', [s.session_id]]],
];

describe('rows that somebody deletes, with two instances beside', () => {
  let one: TestApp;
  let other: TestApp;
  let api: Api;

  beforeEach(async () => {
    one = await startApp();
    other = await startApp({ beside: one });
    api = new Api(one.url);
    await eventually(async () => (await feedStates()).every((state) => state === 'live'));
  });
  afterEach(async () => {
    await other.close();
    await one.close();
  });

  const instances = () => [one, other];
  const feedStates = async () =>
    Promise.all(
      instances().map(async ({ url }) => {
        const response = await fetch(`${url}/health/ready`);
        return ((await response.json()) as { revocations?: string }).revocations;
      }),
    );
  /** A route that reads no row: it must be the guard that refuses. */
  const verify = async ({ url }: TestApp, token: string) =>
    api.at(url).call('GET', '/auth/verify', { token });
  const codesOf = async (token: string) =>
    Promise.all(instances().map(async (app) => (await verify(app, token)).body.code));
  const isRevoked = (token: string) =>
    eventually(
      async () => (await codesOf(token)).every((code) => code === 'session_revoked'),
      AT_ONCE,
    );
  const revocations = () =>
    one.database.query<{ session_id: string; lowest_epoch: number | null }>(
      'SELECT session_id, lowest_epoch FROM revocations',
    );

  it.each(DELETIONS)('%s ends the session on both at once', async (_sql, deletion) => {
    const signedIn = await api.register();
    const stranger = await api.register();
    // Known to both as good.
    expect(await codesOf(signedIn.access_token)).toEqual([undefined, undefined]);
    await one.database.query(...deletion(signedIn));
    await isRevoked(signedIn.access_token);
    expect(await codesOf(stranger.access_token)).toEqual([undefined, undefined]);
    for (const { url } of instances()) {
      const { body } = await api.at(url).refresh(refreshTokenOf(signedIn));
      expect(body).toMatchObject({ code: 'session_revoked', clear_credentials: true });
    }
  });

  it.each(DELETIONS)('%s is remembered as long as a logout', async (_sql, deletion) => {
    await one.database.query(...deletion(await api.register()));
    const rows = await one.database.query<{ seconds: number }>(
      'SELECT round(extract(epoch FROM expires_at - clock_timestamp()))::int AS seconds FROM revocations',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.seconds).toBeGreaterThan(REMEMBERED_SECONDS - 60);
    expect(rows[0]?.seconds).toBeLessThanOrEqual(REMEMBERED_SECONDS);
  });

  it.each(DELETIONS)('%s leaves nothing that could be renewed', async (_sql, deletion) => {
    const signedIn = await api.register();
    one.clock.advance({ hours: 7 });
    // A renewed token is kept for a few seconds, for all answers of the session.
    const { headers } = await verify(one, signedIn.access_token);
    const renewed = headers.get('x-new-token') ?? '';
    expect(renewed).not.toBe('');
    await one.database.query(...deletion(signedIn));
    for (const token of [signedIn.access_token, renewed]) {
      await isRevoked(token);
      for (const app of instances())
        expect((await verify(app, token)).headers.get('x-new-token')).toBeNull();
    }
  });

  it.each(['TRUNCATE sessions', 'TRUNCATE users CASCADE'])(
    '%s ends all sessions',
    async (statement) => {
      const people = [await api.register(), await api.register()];
      await one.database.query(statement);
      for (const { access_token } of people) await isRevoked(access_token);
    },
  );

  it('ends nothing where the deletion is rolled back', async () => {
    const { user, access_token } = await api.register();
    const transaction = one.database.transaction();
    await transaction.query('DELETE FROM users WHERE id = $1', [user.id]);
    await transaction.end();
    expect(await codesOf(access_token)).toEqual([undefined, undefined]);
    expect(await revocations()).toEqual([]);
  });

  it('writes the row and the notice that a logout writes', async () => {
    const [left, deleted] = [await api.register(), await api.register()];
    const notices: (string | undefined)[] = [];
    const listener = new Client({ connectionString: one.database.url });
    await listener.connect();
    await listener.query(`LISTEN ${CHANNEL}`);
    listener.on('notification', ({ payload }) => notices.push(payload));
    await api.logout(left.access_token);
    await one.database.query('DELETE FROM users WHERE id = $1', [deleted.user.id]);
    await eventually(() => Promise.resolve(notices.length === 2));
    await listener.end();

    expect(notices).toEqual(['', '']);
    const rows = await one.database.query(
      `SELECT session_id, user_id, lowest_epoch, expires_at - now() BETWEEN interval '24:04' AND interval '24:05' AS lives_a_day
       FROM revocations ORDER BY transaction_id`,
    );
    expect(rows).toEqual(
      [left, deleted].map(({ session_id, user }) => ({
        session_id,
        user_id: user.id,
        lowest_epoch: null,
        lives_a_day: true,
      })),
    );
  });

  it('takes a session that had another epoch revoked in the same transaction', async () => {
    const { session_id, user, access_token } = await api.register();
    await one.database.query(
      `INSERT INTO revocations
         VALUES (pg_current_xact_id()::text::bigint, '${session_id}', '${user.id}', 1, now() + interval '1 day');
       DELETE FROM sessions WHERE id = '${session_id}'`,
    );
    await isRevoked(access_token);
    expect(await revocations()).toEqual([{ session_id, lowest_epoch: null }]);
  });

  it('writes nothing for sessions that are over, so the clean-up costs nothing more', async () => {
    const [expired, ended] = [await api.register(), await api.register()];
    await one.database.query('UPDATE sessions SET expires_at = now() WHERE id = $1', [
      expired.session_id,
    ]);
    await api.logout(ended.access_token);
    expect(await revocations()).toEqual([{ session_id: ended.session_id, lowest_epoch: null }]);
    await one.database.query('DELETE FROM sessions');
    expect(await revocations()).toHaveLength(1);
  });
});
