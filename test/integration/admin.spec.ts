import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '@evergreen-auth/dev-postgres';
import { Api, claimsOf, PASSWORD } from '../support/api.js';
import { UNDELIVERED, writtenMails } from '../support/mails.js';
import type { Proof } from '../../src/mail/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import {
  runAdmin,
  serverEnvironment,
  startServer,
  type ServerProcess,
} from '../support/server-process.js';
import { startTcpProxy, through } from '../support/tcp-proxy.js';

type Result = Readonly<Record<string, unknown>>;

describe('npm run admin, beside two server processes', () => {
  let database: TestDatabase;
  let env: Record<string, string>;
  let servers: ServerProcess[];

  beforeAll(async () => {
    database = await createDatabase();
    const shared = { ...serverEnvironment(database.url), ...UNDELIVERED };
    env = { ...shared, METRICS_PORT: String(await freePort()) };
    servers = await Promise.all([startServer(env), startServer(shared)]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const newApi = () => new Api((servers[0] as ServerProcess).url);
  /** With the very configuration of a server that runs. */
  const admin = async (...args: string[]): Promise<Result> => {
    const { exitCode, stdout, stderr } = await runAdmin(env, '--json', ...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout) as Result;
  };
  /** What both servers say to an access token; undefined where it is good. */
  const codesOf = async (api: Api, token: string) =>
    Promise.all(servers.map(async ({ url }) => (await api.at(url).me(token)).body.code));
  const isRevoked = (api: Api, token: string) =>
    eventually(async () => (await codesOf(api, token)).every((code) => code === 'session_revoked'));
  const isGood = async (api: Api, token: string) =>
    expect(await codesOf(api, token)).toEqual([undefined, undefined]);
  const eventsOf = async (userId: string | null) =>
    database.query<{ type: string; details: object }>(
      'SELECT type, details FROM security_events WHERE user_id IS NOT DISTINCT FROM $1 ORDER BY id DESC',
      [userId],
    );

  it('lists the sessions of a user, found by address in whatever case, or by id', async () => {
    const api = newApi();
    const { user, email, session_id } = await api.register();
    const { body } = await api.login(email);
    const { sessions } = await admin('sessions', 'list', email.toUpperCase());
    expect(sessions).toEqual([
      expect.objectContaining({ id: body.session_id }),
      expect.objectContaining({ id: session_id }),
    ]);
    expect(await admin('sessions', 'list', user.id)).toEqual({ sessions });
  });

  it('ends the sessions of a user: the next answer of every server is 401 session_revoked', async () => {
    const api = newApi();
    const { user, email, access_token: first } = await api.register();
    const { access_token: second } = (await api.login(email)).body;
    const stranger = await api.register();
    expect(await admin('sessions', 'end', email)).toEqual({ revoked: 2 });
    await isRevoked(api, first);
    await isRevoked(api, second);
    await isGood(api, stranger.access_token);
    expect((await eventsOf(user.id))[0]).toEqual({
      type: 'sessions_ended_by_operator',
      details: { sessions: 2 },
    });
    expect(await admin('sessions', 'end', email)).toEqual({ revoked: 0 });
    expect((await api.login(email)).status).toBe(200);
  });

  it('ends one of them', async () => {
    const api = newApi();
    const { user, email, access_token: first, session_id } = await api.register();
    const { access_token: second } = (await api.login(email)).body;
    expect(await admin('sessions', 'end', email, session_id)).toEqual({ revoked: 1 });
    await isRevoked(api, first);
    await isGood(api, second);
    expect((await eventsOf(user.id))[0]).toEqual({
      type: 'session_ended',
      details: { reason: 'ended_by_operator' },
    });
    expect((await runAdmin(env, 'sessions', 'end', email, session_id)).exitCode).toBe(3);

    const stranger = await api.register();
    expect((await runAdmin(env, 'sessions', 'end', email, stranger.session_id)).exitCode).toBe(3);
    await isGood(api, stranger.access_token);
  });

  it('mails a link to set a new password, which needs its code, and changes nothing else', async () => {
    const api = newApi();
    const { email, access_token } = await api.register();
    expect(await admin('user', 'reset-password', email)).toEqual({ mailed: true });
    const mail = (await writtenMails(database, email)).findLast(
      ({ kind }) => kind === 'reset_password',
    );
    const { token, code } = mail?.data as Proof;
    await isGood(api, access_token);
    const reset = (body: object) =>
      api.call('POST', '/auth/reset-password', {
        body: { token, new_password: 'copper-Meadow-58-anchor', ...body },
      });
    expect((await reset({})).body.code).toBe('code_invalid');
    expect((await reset({ code })).status).toBe(204);
    await isRevoked(api, access_token);
  });

  it('mails no link to a user who is deactivated', async () => {
    const { email } = await newApi().register();
    await admin('user', 'deactivate', email);
    const { exitCode } = await runAdmin(env, 'user', 'reset-password', email);
    expect(exitCode).toBe(3);
  });

  it('deactivates a user, who is out at once, and reactivates them', async () => {
    const api = newApi();
    const { user, email, access_token } = await api.register();
    expect(await admin('user', 'deactivate', email)).toEqual({ revoked: 1 });
    await isRevoked(api, access_token);
    expect((await api.login(email)).body.code).toBe('invalid_credentials');
    expect(await admin('user', 'show', email)).toMatchObject({
      id: user.id,
      deactivated_at: expect.stringMatching(/Z$/) as string,
    });

    expect(await admin('user', 'reactivate', user.id)).toMatchObject({
      id: user.id,
      deactivated_at: null,
    });
    expect((await api.login(email)).status).toBe(200);
    await isRevoked(api, access_token);
    const types = (await eventsOf(user.id)).map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['user_deactivated', 'user_reactivated']));
  });

  it('gives and takes roles on every server, and ends no session', async () => {
    const api = newApi();
    const { user, email, access_token, refresh_token } = await api.register();
    expect(await admin('user', 'roles', email)).toEqual({ roles: [] });
    expect(await admin('user', 'roles', email, '--add', 'b', '--add', 'a')).toEqual({
      roles: ['a', 'b'],
    });
    const isExpired = (token: string) =>
      eventually(async () => (await codesOf(api, token)).every((code) => code === 'token_expired'));
    await isExpired(access_token);
    const { body } = await api.refresh(refresh_token!);
    expect(claimsOf(body.access_token).roles).toEqual(['a', 'b']);
    await isGood(api, body.access_token);
    expect(await admin('user', 'roles', user.id, '--remove', 'a')).toEqual({ roles: ['b'] });
    await isExpired(body.access_token);
    const { exitCode } = await runAdmin(env, 'user', 'roles', email, '--add', 'a b');
    expect(exitCode).toBe(2);
    const { stdout } = await runAdmin(env, 'user', 'show', email);
    expect(stdout).toMatch(/^roles: b$/m);
  });

  it('deletes a user, who is out at once, if that is confirmed', async () => {
    const api = newApi();
    const { user, email, access_token } = await api.register();
    const { exitCode } = await runAdmin(env, 'user', 'delete', email);
    expect(exitCode).toBe(2);
    await isGood(api, access_token);

    expect(await admin('user', 'delete', email, '--yes')).toEqual({ revoked: 1 });
    await isRevoked(api, access_token);
    expect((await runAdmin(env, 'user', 'show', email)).exitCode).toBe(3);
    expect(await eventsOf(user.id)).toEqual([]);
    expect((await eventsOf(null))[0]).toEqual({
      type: 'account_deleted',
      details: { by: 'operator', sessions: 1 },
    });
    expect((await writtenMails(database, email)).map(({ kind }) => kind)).toEqual([
      'account_deleted',
    ]);
  });

  it("ends everybody's sessions that began before an instant, and no other", async () => {
    const api = newApi();
    const before = await Promise.all(Array.from({ length: 5 }, () => api.register()));
    await pause(10);
    const instant = new Date().toISOString();
    await pause(10);
    const after = await Promise.all(Array.from({ length: 5 }, () => api.register()));
    const [{ revoked } = { revoked: 0 }] = await database.query<{ revoked: number }>(
      'SELECT count(*)::int AS revoked FROM sessions WHERE created_at < $1 AND revoked_at IS NULL',
      [instant],
    );
    expect(await admin('sessions', 'end-all', '--before', instant)).toEqual({ revoked });
    for (const { access_token } of before) await isRevoked(api, access_token);
    for (const { access_token } of after) await isGood(api, access_token);
    expect((await eventsOf(null))[0]).toEqual({
      type: 'sessions_ended_by_operator',
      details: { sessions: revoked, begun_before: instant },
    });
    expect(await admin('sessions', 'end-all', '--before', instant)).toEqual({ revoked: 0 });
  });

  it('shows the blacklist, and the two instances that follow it', async () => {
    const api = newApi();
    await api.logout((await api.register()).access_token);
    const { newest_at, size, listeners } = await admin('feed');
    expect(size).toBeGreaterThan(0);
    expect(newest_at).toMatch(/Z$/);
    expect(listeners).toEqual([
      {
        address: '127.0.0.1',
        connected_at: expect.stringMatching(/Z$/) as string,
        silent_seconds: expect.any(Number) as number,
      },
      {
        address: '127.0.0.1',
        connected_at: expect.stringMatching(/Z$/) as string,
        silent_seconds: expect.any(Number) as number,
      },
    ]);
  });

  it('prints for people where nobody asks for JSON, and no secret', async () => {
    const { email } = await newApi().register();
    const list = await runAdmin({ ...env, LOG_LEVEL: 'trace' }, 'sessions', 'list', email);
    expect(list.stdout).toContain('device_name');
    expect(() => JSON.parse(list.stdout) as unknown).toThrow();
    const user = await runAdmin(env, 'user', 'show', email);
    expect(user.stdout).toContain(`email: ${email}`);
    for (const { stdout, stderr } of [list, user]) {
      expect(stdout + stderr).not.toMatch(/eyJ|\$2[aby]\$/);
      for (const secret of [env.JWT_SECRET, PASSWORD])
        expect(stdout + stderr).not.toContain(secret);
    }
  });

  it('prints nothing that a terminal would act on, whoever wrote it', async () => {
    const { user, email } = await newApi().register();
    const hostile =
      '\u001b[2J\u009b31m\u202e\u2066\u200e\u0007\r\ndeactivated_at: null\u2028\u0085\u007f';
    await database.query('UPDATE users SET first_name = $2, email = $3 || email WHERE id = $1', [
      user.id,
      hostile,
      '\u001b]0;owned\u0007',
    ]);
    await database.query('UPDATE sessions SET device_name = $2, ip = $2 WHERE user_id = $1', [
      user.id,
      hostile,
    ]);
    const shown = [
      await runAdmin(env, 'user', 'show', user.id),
      await runAdmin(env, 'sessions', 'list', user.id),
      await runAdmin(env, '--json', 'user', 'show', user.id),
      await runAdmin(env, '--json', 'sessions', 'list', user.id),
      await runAdmin(env, `${hostile}nothing`),
      await runAdmin({ ...env, CORS_ORIGINS: hostile }, 'feed'),
    ];
    for (const { stdout, stderr } of shown)
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    const [person, , personAsJson, sessionsAsJson] = shown.map(({ stdout }) => stdout);
    expect(person).toContain('\\u001b[2J\\u009b31m\\u202e');
    expect(person?.match(/^deactivated_at/gm)).toHaveLength(1);
    expect(JSON.parse(personAsJson ?? '')).toMatchObject({ first_name: hostile });
    expect(JSON.parse(sessionsAsJson ?? '')).toMatchObject({
      sessions: [{ device_name: hostile, ip: hostile }],
    });
    await database.query('UPDATE users SET email = $2 WHERE id = $1', [user.id, email]);
  });

  it.each([
    ['--help', 0],
    ['sessions end --help', 0],
    ['', 2],
    ['nothing', 2],
    ['user', 2],
    ['sessions list', 2],
    ['sessions list a b', 2],
    ['sessions end-all', 2],
    ['sessions end-all --before yesterday', 2],
    ['sessions end-all --before 2026-11-21', 2],
    ['user show nobody@example.com', 3],
    ['sessions end 01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10', 3],
  ])('ends "%s" with exit code %d', async (args, exitCode) => {
    const result = await runAdmin(env, ...args.split(' ').filter(Boolean));
    expect(result.exitCode).toBe(exitCode);
    expect(exitCode === 0 ? result.stderr : result.stdout).toBe('');
  });

  it('does nothing with a configuration that a server would refuse', async () => {
    const { exitCode, stderr } = await runAdmin({ ...env, JWT_SECRET: 'short' }, 'feed');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('JWT_SECRET is shorter');
  });

  it('says with an exit code of its own that the database is out of reach', async () => {
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    proxy.mode = 'cut';
    expect(
      (await runAdmin({ ...env, DATABASE_URL: through(proxy, database.url) }, 'feed')).exitCode,
    ).toBe(4);
    await proxy.close();
  });

  it('works without any server', async () => {
    const lonely = await createDatabase();
    const { exitCode, stdout } = await runAdmin(serverEnvironment(lonely.url), '--json', 'feed');
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      { size: 0, newest_at: null, listeners: [] },
    ]);
    await lonely.drop();
  });
});
