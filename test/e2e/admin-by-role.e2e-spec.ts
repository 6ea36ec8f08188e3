import { AdminService } from '../../src/admin/index.js';
import { Users } from '../../src/index.js';
import { Api, call, claimsOf, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';

/** Whether `ADMIN_TOKEN` is set, and what everybody gets who is no operator. */
const SERVERS = [
  ['with ADMIN_TOKEN', { ADMIN_TOKEN: TOKEN }, [401, 'token_invalid'], [401, 'token_missing']],
  ['without ADMIN_TOKEN', {}, [404, 'not_found'], [404, 'not_found']],
] as const;

describe.each(SERVERS)('/api/admin for the role admin, %s', (_, env, refused, missing) => {
  let app: TestApp;
  let api: Api;
  let users: Users;

  beforeAll(async () => {
    app = await startApp({ env });
    api = new Api(app.url);
    users = app.nest.get(Users, { strict: false });
  });
  afterAll(() => app.close());

  const signedIn = async (...roles: string[]) => {
    const { user, email } = await api.register();
    if (roles.length > 0) await users.setRoles(user.id, roles);
    return { email, ...(await api.login(email)).body };
  };
  const operate = async (token: string | undefined) =>
    call('GET', `${app.url}/api/admin/revocations`, { token });
  const outcome = async (token: string | undefined) => {
    const { status, body } = await operate(token);
    return [status, body.code];
  };
  const deniedCount = async () => {
    const query = `SELECT count(*)::int AS count FROM security_events WHERE type = 'admin_denied'`;
    const [row] = await app.database.query<{ count: number }>(query);
    return row?.count;
  };

  it('is open to an access token of a user who has it', async () => {
    const { access_token } = await signedIn('admin', 'support');
    expect(await outcome(access_token)).toEqual([200, undefined]);
  });

  it('does for it what it does for ADMIN_TOKEN', async () => {
    const { access_token } = await signedIn('admin');
    const other = await signedIn();
    const url = `${app.url}/api/admin/users/${other.user.id}`;
    const change = { token: access_token, body: { roles: ['support'] } };
    expect((await call('PATCH', url, change)).body).toMatchObject({ roles: ['support'] });
    const ended = await call('DELETE', `${url}/sessions`, { token: access_token });
    expect(ended.body).toEqual({ revoked: 2 });
    expect((await api.me(other.access_token)).body.code).toBe('session_revoked');
  });

  it.each([
    ['no role', []],
    ['another role', ['support']],
    ['one whose name contains it', ['admin-of-eu', 'Admin']],
  ])('answers a user with %s as if nobody had asked before', async (_what, roles) => {
    const { access_token, refresh_token } = await signedIn(...roles);
    expect(await outcome(access_token)).toEqual(refused);
    expect(await outcome(refresh_token)).toEqual(refused);
  });

  it.each([
    ['another path', 'GET', '/users/x/events'],
    ['invalid input', 'PATCH', '/users/x'],
  ])('answers them the same for %s', async (_what, method, path) => {
    const { access_token } = await signedIn();
    const options = { token: access_token, ...(method === 'PATCH' && { body: { roles: 1 } }) };
    const { status, body } = await call(method, `${app.url}/api/admin${path}`, options);
    expect([status, body.code]).toEqual(refused);
  });

  it('answers no token, a forged one, and a refresh token of an admin as before', async () => {
    const { access_token, refresh_token } = await signedIn('admin');
    const [head, payload = '', signature] = access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: 1 })).toString('base64url');
    expect(await outcome(undefined)).toEqual(missing);
    expect(await outcome(`${head}.${forged}.${signature}`)).toEqual(refused);
    expect(await outcome(refresh_token)).toEqual(refused);
  });

  it('answers a user whose token has expired, or whose session has ended, as before', async () => {
    const { access_token } = await signedIn();
    await api.logout(access_token);
    expect(await outcome(access_token)).toEqual(refused);
    const expiring = await signedIn();
    app.clock.advance({ seconds: expiring.expires_in + 60 });
    expect(await outcome(expiring.access_token)).toEqual(refused);
  });

  it('tells an admin whose token has expired to refresh it', async () => {
    const { access_token, expires_in } = await signedIn('admin');
    app.clock.advance({ seconds: expires_in + 60 });
    expect(await outcome(access_token)).toEqual([401, 'token_expired']);
  });

  it('is open after a refresh to who is given the role, and nobody signs in again', async () => {
    const { user, access_token, refresh_token } = await signedIn();
    await users.setRoles(user.id, ['admin']);
    expect(await outcome(access_token)).toEqual(refused);
    const { body } = await api.refresh(refresh_token!);
    expect(await outcome(body.access_token)).toEqual([200, undefined]);
  });

  it('is closed at once to whom the role is taken from', async () => {
    const { user, access_token, refresh_token } = await signedIn('admin');
    expect(await outcome(access_token)).toEqual([200, undefined]);
    await users.setRoles(user.id, []);
    expect(await outcome(access_token)).toEqual([401, 'token_expired']);
    const { body } = await api.refresh(refresh_token!);
    expect(await outcome(body.access_token)).toEqual(refused);
  });

  it('is closed at once to an admin who is deactivated', async () => {
    const { user, access_token, refresh_token } = await signedIn('admin');
    const operators = app.nest.get(AdminService, { strict: false });
    await operators.deactivate((await operators.findUser(user.id))!);
    expect(await outcome(access_token)).toEqual([401, 'session_revoked']);
    expect((await api.refresh(refresh_token!)).body.code).toBe('session_revoked');
  });

  it('is closed to an admin who has signed out', async () => {
    const { access_token } = await signedIn('admin');
    await api.logout(access_token);
    expect(await outcome(access_token)).toEqual([401, 'session_revoked']);
  });

  it.each([
    [903, [200, undefined]],
    [905, [401, 'reauthentication_required']],
    [906, [401, 'reauthentication_required']],
  ])('after a proof %i seconds ago, with 5 s of tolerance, is %j', async (seconds, expected) => {
    const { access_token } = await signedIn('admin');
    const { auth_time } = claimsOf(access_token) as unknown as { auth_time: number };
    app.clock.advance({ seconds: auth_time + seconds - app.clock.nowMs() / 1000 });
    expect(await outcome(access_token)).toEqual(expected);
  });

  it('challenges an admin whose proof is old, and is open after a new one', async () => {
    const { access_token } = await signedIn('admin');
    app.clock.advance({ minutes: 16 });
    const { status, body, headers } = await operate(access_token);
    expect(status).toBe(401);
    expect(body).toMatchObject({ code: 'reauthentication_required', max_age: 900 });
    expect(body.clear_credentials).toBe(false);
    expect(headers.get('www-authenticate')).toMatch(
      /error="insufficient_user_authentication".*max_age="?900/,
    );
    const { body: proven } = await api.call<{ access_token: string }>(
      'POST',
      '/auth/reauthenticate',
      { token: access_token, body: { current_password: PASSWORD } },
    );
    expect(await outcome(proven.access_token)).toEqual([200, undefined]);
  });

  it('asks for no new proof before it is known that the user has the role', async () => {
    const { access_token } = await signedIn('support');
    app.clock.advance({ minutes: 16 });
    expect(await outcome(access_token)).toEqual(refused);
  });

  it('records nothing about an admin, and what it has recorded about others', async () => {
    const { access_token } = await signedIn('admin');
    const before = await deniedCount();
    await operate(access_token);
    expect(await deniedCount()).toBe(before);
  });
});
