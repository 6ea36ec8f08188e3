import { Module } from '@nestjs/common';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { ReauthenticationProof, type ReauthenticationVerifier } from '../../src/index.js';
import {
  Api,
  call,
  claimsOf,
  outcomeOf,
  PASSWORD,
  refreshTokenOf,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

const COOKIE = 'evergreen_refresh_token';
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** What docs/extending.md shows. A response of a real one works once. */
@ReauthenticationProof('device_key')
class DeviceKeyProof implements ReauthenticationVerifier {
  readonly amr = ['hwk'];

  verify(response: string, { userId }: { id: string; userId: string }): boolean {
    return response === `signed by ${userId}`;
  }
}

@Module({ providers: [DeviceKeyProof] })
class DeviceKeyModule {}

describe('POST /api/auth/reauthenticate', () => {
  let app: TestApp;
  let other: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ modules: [DeviceKeyModule] });
    other = await startApp({ beside: app });
    api = new Api(app.url);
  });
  afterAll(async () => {
    await other.close();
    await app.close();
  });

  const prove = async (token: string, proof: object = { current_password: PASSWORD }) =>
    api.call<TokenResponse>('POST', '/auth/reauthenticate', { token, body: proof });

  const eventsOf = async (sessionId: string) =>
    app.database.query<{ type: string; details: object }>(
      `SELECT type, details FROM security_events WHERE session_id = $1 ORDER BY id`,
      [sessionId],
    );

  it('gives new tokens, with the time of the proof', async () => {
    const { access_token: token, session_id, user } = await api.register();
    app.clock.advance({ minutes: 30 });
    const { status, body } = await prove(token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ session_id, user: { id: user.id } });
    const before = claimsOf(token).auth_time as number;
    const after = claimsOf(body.access_token).auth_time as number;
    expect([1800, 1801]).toContain(after - before);
    expect((await api.me(body.access_token)).status).toBe(200);
    expect(outcomeOf(await api.refresh(refreshTokenOf(body)))).toBe('rotated');
  });

  it('makes the older tokens of the session void on every instance, and ends nothing', async () => {
    const session = await api.register();
    const { access_token: token } = session;
    const { body } = await api.refresh(refreshTokenOf(session));
    await prove(body.access_token);
    for (const old of [token, body.access_token]) {
      expect((await api.me(old)).body.code).toBe('token_expired');
      await eventually(async () => (await api.at(other.url).me(old)).body.code === 'token_expired');
    }
    for (const old of [session, body]) {
      const refused = await api.refresh(refreshTokenOf(old));
      expect(refused.status).toBe(401);
      expect(refused.body).toMatchObject({
        code: 'reauthentication_required',
        clear_credentials: false,
      });
    }
  });

  it('leaves other sessions as they are', async () => {
    const { access_token: token, email } = await api.register();
    const { body: elsewhere } = await api.anotherDevice().login(email);
    await prove(token);
    expect((await api.me(elsewhere.access_token)).status).toBe(200);
    expect(outcomeOf(await api.refresh(refreshTokenOf(elsewhere)))).toBe('rotated');
  });

  it('takes the tokens of before once more, where the response was lost', async () => {
    const session = await api.register();
    const { access_token: token } = session;
    const lost = await prove(token);
    expect(lost.status).toBe(200);
    const again = await api.at(other.url).call<TokenResponse>('POST', '/auth/reauthenticate', {
      token,
      body: { current_password: PASSWORD },
    });
    expect(again.status).toBe(200);
    // The access token may have expired by then.
    const later = await prove(refreshTokenOf(session));
    expect(later.status).toBe(200);
    expect((await api.me(later.body.access_token)).status).toBe(200);
    expect((await api.me(again.body.access_token)).body.code).toBe('token_expired');
  });

  it('is not possible with what a thief has alone', async () => {
    const session = await api.register();
    const { access_token: token } = session;
    const { body } = await prove(token);
    for (const stolen of [token, refreshTokenOf(session)])
      expect((await prove(stolen, { current_password: 'guessed' })).body.code).toBe(
        'current_password_invalid',
      );
    expect((await api.me(body.access_token)).status).toBe(200);
    expect(outcomeOf(await api.refresh(refreshTokenOf(body)))).toBe('rotated');
  });

  it('refuses a wrong password with 422, changes nothing and tells it', async () => {
    const { access_token: token, session_id } = await api.register();
    const { status, body } = await prove(token, { current_password: 'a wrong one' });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'current_password_invalid', clear_credentials: false });
    expect((await api.me(token)).status).toBe(200);
    expect(await eventsOf(session_id)).toContainEqual({
      type: 'reauthentication_failed',
      details: {},
    });
  });

  it('tells a proof with the way that it took', async () => {
    const { access_token: token, session_id, user } = await api.register();
    const { body } = await prove(token);
    const response = `signed by ${user.id}`;
    expect((await prove(body.access_token, { proof: 'device_key', response })).status).toBe(200);
    const told = (await eventsOf(session_id)).filter(({ type }) => type === 'reauthenticated');
    expect(told.map(({ details }) => details)).toEqual([{ amr: ['pwd'] }, { amr: ['hwk'] }]);
    const [row] = await app.database.query<{ amr: string[] }>(
      'SELECT amr FROM sessions WHERE id = $1',
      [session_id],
    );
    expect([...(row?.amr ?? [])].sort()).toEqual(['hwk', 'pwd']);
  });

  it('takes the proof of a user without a password, and no password of theirs', async () => {
    const { access_token: token, user } = await api.register();
    await app.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    expect((await prove(token)).body.code).toBe('current_password_invalid');
    const response = `signed by ${user.id}`;
    expect((await prove(token, { proof: 'device_key', response })).status).toBe(200);
  });

  it.each([
    [{ proof: 'device_key', response: 'signed by nobody' }, 'reauthentication_failed'],
    [{ proof: 'device_key' }, 'reauthentication_failed'],
    [{ proof: 'unknown', response: 'x' }, 'validation_failed'],
    [{ proof: 'device_key', response: 'x', current_password: PASSWORD }, 'validation_failed'],
    [{ proof: ['device_key'], response: 'x' }, 'validation_failed'],
    [{ current_password: 7 }, 'validation_failed'],
    [{}, 'validation_failed'],
  ])('refuses %j', async (proof, code) => {
    const { access_token: token } = await api.register();
    const { status, body } = await prove(token, proof);
    expect(status).toBe(422);
    expect(body.code).toBe(code);
    expect((await api.me(token)).status).toBe(200);
  });

  it('needs a genuine token', async () => {
    const body = { current_password: PASSWORD };
    const without = await api.call('POST', '/auth/reauthenticate', { body });
    expect(without.body.code).toBe('token_missing');
    expect((await prove('a.b.c')).body.code).toBe('token_invalid');
  });

  it('tests no password for a session that has ended', async () => {
    const { access_token: token } = await api.register();
    await api.logout(token);
    for (const current_password of [PASSWORD, 'a wrong one'])
      expect((await prove(token, { current_password })).body).toMatchObject({
        code: 'session_revoked',
        clear_credentials: true,
      });
  });

  it('takes no token from before a change of password', async () => {
    const session = await api.register();
    const { access_token: token } = session;
    await prove(token);
    const { body } = await prove(token);
    await api.changePassword(body.access_token, PASSWORD, NEW_PASSWORD);
    expect((await prove(token, { current_password: NEW_PASSWORD })).body.code).toBe(
      'session_revoked',
    );
    expect(outcomeOf(await api.refresh(refreshTokenOf(session)))).toBe('session_revoked');
  });

  it('lets a session go on from another network, where that needs a proof', async () => {
    const strict = await startApp({
      env: { TRUST_PROXY: '127.0.0.1', NETWORK_CHANGE_ACTION: 'reauthenticate' },
    });
    try {
      const there = new Api(strict.url);
      const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
      const { email } = await there.register();
      const login = await there.call<TokenResponse>('POST', '/auth/login', {
        body: { email, password: PASSWORD },
        ...from('203.0.113.7'),
      });
      const token = refreshTokenOf(login.body);
      const away = from('198.51.100.9');
      const refused = await there.call('POST', '/auth/refresh', { token, ...away });
      expect(refused.body.code).toBe('reauthentication_required');
      const proven = await there.call<TokenResponse>('POST', '/auth/reauthenticate', {
        token,
        body: { current_password: PASSWORD },
        ...away,
      });
      expect(proven.status).toBe(200);
      const next = refreshTokenOf(proven.body);
      const granted = await there.call('POST', '/auth/refresh', { token: next, ...away });
      expect(outcomeOf(granted)).toBe('rotated');
    } finally {
      await strict.close();
    }
  });

  it('lets all of many at once in, the last of which counts', async () => {
    const { access_token: token } = await api.register();
    const all = await Promise.all(Array.from({ length: 10 }, async () => prove(token)));
    expect(all.map(({ status }) => status)).toEqual(Array(10).fill(200));
    const live: string[] = [];
    for (const { body } of all)
      if ((await api.me(body.access_token)).status === 200) live.push(body.access_token);
    expect(live).toHaveLength(1);
  });

  it('makes wrong guesses wait, as a login does', async () => {
    const limited = await startApp({
      env: { THROTTLE_LOGIN_LIMIT: '3', THROTTLE_LOGIN_NETWORK_LIMIT: '100' },
    });
    try {
      const there = new Api(limited.url);
      const { access_token: token } = await there.register();
      const guess = async () =>
        (
          await there.call('POST', '/auth/reauthenticate', {
            token,
            body: { current_password: 'guessed' },
          })
        ).body.code;
      const codes: string[] = [];
      for (let count = 0; count < 4; count++) codes.push(await guess());
      expect(codes).toEqual([...Array<string>(3).fill('current_password_invalid'), 'rate_limited']);
    } finally {
      await limited.close();
    }
  });

  describe('with the cookie transport', () => {
    const PAGE = { origin: 'http://localhost:3000', 'x-requested-with': 'XMLHttpRequest' };

    const send = async (path: string, options: { token?: string; cookie?: string } = {}) => {
      const { token, cookie } = options;
      return call<TokenResponse>('POST', `${app.url}/api/auth/${path}`, {
        token,
        body: path === 'refresh' ? {} : { current_password: PASSWORD },
        headers: { ...PAGE, ...(cookie && { cookie: `${COOKIE}=${cookie}` }) },
      });
    };

    const cookieOf = ({ headers }: ApiResponse<object>) =>
      new RegExp(`${COOKIE}=([^;]*)`).exec(headers.get('set-cookie') ?? '')?.[1];

    const signIn = async () => {
      const { email } = await api.register();
      const body = { email, password: PASSWORD, transport: 'cookie' };
      return call<TokenResponse>('POST', `${app.url}/api/auth/login`, { body, headers: PAGE });
    };

    it('answers with another cookie, and no refresh token for script', async () => {
      const login = await signIn();
      const proven = await send('reauthenticate', { token: login.body.access_token });
      expect(proven.status).toBe(200);
      expect(proven.body.refresh_token).toBeUndefined();
      const cookie = cookieOf(proven);
      expect(cookie).not.toBe(cookieOf(login));
      expect(outcomeOf(await send('refresh', { cookie }))).toBe('rotated');
    });

    it('takes the cookie alone, also an older one, and clears none', async () => {
      const login = await signIn();
      const cookie = cookieOf(login);
      expect((await send('reauthenticate', { cookie })).status).toBe(200);
      const refused = await send('refresh', { cookie });
      expect(refused.body.code).toBe('reauthentication_required');
      expect(refused.headers.get('set-cookie')).toBeNull();
      expect((await send('reauthenticate', { cookie })).status).toBe(200);
    });

    it('takes the cookie from our own pages only', async () => {
      const cookie = cookieOf(await signIn());
      const { body } = await call('POST', `${app.url}/api/auth/reauthenticate`, {
        body: { current_password: PASSWORD },
        headers: { cookie: `${COOKIE}=${cookie}` },
      });
      expect(body.code).toBe('csrf_failed');
    });
  });
});
