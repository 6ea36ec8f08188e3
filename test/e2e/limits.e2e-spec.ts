import { Api, call, newEmail, PASSWORD, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { Counters } from '../../src/platform/throttling/index.js';
import type { MemoryCounters } from '../../src/platform/throttling/memory-counters.js';
import { startApp, type TestApp } from '../support/app.js';

const WRONG = 'amber-Meadow-11-candle';
const ADDRESS = { ada: '203.0.113.7', stranger: '198.51.100.9' };

/** The server uses the address in this header, as behind a trusted proxy. */
const BEHIND_PROXY = { TRUST_PROXY: '127.0.0.1' };

describe('limits', () => {
  let app: TestApp | undefined;
  let api: Api;

  const start = async (env: Record<string, string>) => {
    app = await startApp({ env });
    api = new Api(app.url);
  };
  const advance = (time: { seconds?: number; minutes?: number }) => app?.clock.advance(time);
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  const counters = () => app?.nest.get(Counters, { strict: false }) as MemoryCounters;
  const from = (ip: string) => ({ headers: { 'x-forwarded-for': ip } });
  const login = (email: string, password = PASSWORD, ip: string = ADDRESS.ada) =>
    api.call('POST', '/auth/login', { body: { email, password }, ...from(ip) });
  const refresh = (token: string | undefined, ip: string = ADDRESS.ada) =>
    api.call('POST', '/auth/refresh', { token, ...from(ip) });
  const metric = async (name: string) => {
    const { text } = await call('GET', `${api.url}/metrics`);
    return Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (.*)$`, 'm').exec(text)?.[1] ?? 0);
  };

  describe('THROTTLE_REFRESH_LIMIT', () => {
    it('counts refreshes of one session: before, at and after the limit, and anew when the window is over', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '3' });
      const token = refreshTokenOf(await api.register());
      expect(await statusesOf(3, () => refresh(token))).toEqual([200, 200, 200]);
      expectLimited(await refresh(token), { atMostSeconds: 60 });
      advance({ seconds: 50 });
      expectLimited(await refresh(token), { atMostSeconds: 10 });
      advance({ seconds: 10 });
      expect(await statusesOf(4, () => refresh(token))).toEqual([200, 200, 200, 429]);
    });

    it('of 40 at once lets exactly as many pass', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '7' });
      const token = refreshTokenOf(await api.register());
      const statuses = await Promise.all(
        Array.from({ length: 40 }, async () => (await refresh(token)).status),
      );
      expect(statuses.filter((status) => status === 200)).toHaveLength(7);
      expect(statuses.filter((status) => status === 429)).toHaveLength(33);
    });

    it('is not shared by an office behind one address', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '2' });
      const tokens = await Promise.all(
        Array.from({ length: 50 }, async () =>
          refreshTokenOf(await api.anotherDevice().register()),
        ),
      );
      const rounds = await Promise.all(tokens.flatMap((token) => [refresh(token), refresh(token)]));
      expect(new Set(rounds.map(({ status }) => status))).toEqual(new Set([200]));
    });

    it('cannot be used up by a stranger without a token of the session', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '2' });
      const token = refreshTokenOf(await api.register());
      const forged = `${token.slice(0, token.lastIndexOf('.'))}.${'A'.repeat(43)}`;
      expect(await statusesOf(10, () => refresh(forged))).toEqual(Array(10).fill(401));
      expect(await statusesOf(3, () => refresh(token))).toEqual([200, 200, 429]);
    });

    it('refuses before the first query: what comes beyond it changes nothing', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '1' });
      const signedIn = await api.register();
      await refresh(refreshTokenOf(signedIn));
      const version = async () =>
        app?.database.query<{ version: number }>('SELECT version FROM sessions WHERE id = $1', [
          signedIn.session_id,
        ]);
      const before = await version();
      await statusesOf(5, () => refresh(signedIn.refresh_token));
      expect(await version()).toEqual(before);
    });

    it('answers a limited request the same, whatever has become of the session', async () => {
      await start({ THROTTLE_REFRESH_LIMIT: '1' });
      const signedIn = await api.register();
      await refresh(signedIn.refresh_token);
      await api.logout(signedIn.access_token);
      expectLimited(await refresh(signedIn.refresh_token));
      advance({ minutes: 1 });
      expect((await refresh(signedIn.refresh_token)).body.code).toBe('session_revoked');
    });
  });

  describe('THROTTLE_UNKNOWN_LIMIT', () => {
    it('counts refreshes with a token that is none of ours by network: before, at and after', async () => {
      await start({ THROTTLE_UNKNOWN_LIMIT: '3', ...BEHIND_PROXY });
      const codes: string[] = [];
      for (const token of ['nonsense', 'a.b.c', 'nonsense', 'nonsense'])
        codes.push((await refresh(token)).body.code);
      expect(codes).toEqual(['token_invalid', 'token_invalid', 'token_invalid', 'rate_limited']);
      expect((await refresh(undefined)).body.code).toBe('token_missing');
      expect((await refresh('nonsense', ADDRESS.stranger)).body.code).toBe('token_invalid');
      advance({ minutes: 1 });
      expect((await refresh('nonsense')).body.code).toBe('token_invalid');
    });

    it('never refuses a token that verifies, and tells the client of an expired one that it is', async () => {
      await start({ THROTTLE_UNKNOWN_LIMIT: '1', REFRESH_TOKEN_EXPIRE_DAYS: '1' });
      const expired = refreshTokenOf(await api.register());
      app?.clock.advance({ days: 2 });
      const token = refreshTokenOf(await api.register());
      expect(await statusesOf(3, () => refresh('nonsense'))).toEqual([401, 429, 429]);
      expect(await statusesOf(5, () => refresh(token))).toEqual(Array(5).fill(200));
      expect((await refresh(expired)).body.code).toBe('session_expired');
    });
  });

  describe('THROTTLE_LOGIN_LIMIT', () => {
    it('counts attempts of an account and a network: before, at and after', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '3', ...BEHIND_PROXY });
      const { email } = await api.register();
      expect(await statusesOf(3, () => login(email))).toEqual([200, 200, 200]);
      expectLimited(await login(email));
      expectLimited(await login(email.toUpperCase()));
      expect((await login(newEmail())).body.code).toBe('invalid_credentials');
      advance({ minutes: 1 });
      expect((await login(email)).status).toBe(200);
    });

    it('a stranger behind another network does not lock the owner out', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '3', ...BEHIND_PROXY });
      const { email } = await api.register();
      expect(await statusesOf(20, () => login(email, WRONG, ADDRESS.stranger))).toEqual([
        401,
        401,
        401,
        ...Array<number>(17).fill(429),
      ]);
      expect((await login(email)).status).toBe(200);
    });

    it('a look-alike of an address resets nothing of the one that it looks like', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', ...BEHIND_PROXY });
      const { email } = await api.register();
      const lookAlike = email.replace('example', 'éxample');
      await api.register({ email: lookAlike });
      advance({ minutes: 1 });
      expect(await statusesOf(3, () => login(email, WRONG))).toEqual([401, 401, 429]);
      advance({ minutes: 1 });
      expect((await login(email, WRONG)).status).toBe(401);
      expect((await login(lookAlike)).status).toBe(200);
      expectLimited(await login(email), { atLeastSeconds: 50 });
    });

    it('lets those who go on with wrong passwords wait longer each time, and forgets it with a success', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', ...BEHIND_PROXY });
      const { email } = await api.register();
      expect(await statusesOf(3, () => login(email, WRONG))).toEqual([401, 401, 429]);
      advance({ minutes: 1 });
      for (const minutes of [1, 2, 4, 8, 15, 15]) {
        expect((await login(email, WRONG)).status).toBe(401);
        expectLimited(await login(email), {
          atMostSeconds: minutes * 60,
          atLeastSeconds: minutes * 60 - 5,
        });
        advance({ minutes: minutes - 1, seconds: 50 });
        expectLimited(await login(email), { atMostSeconds: 10 });
        advance({ seconds: 10 });
      }
      expect((await login(email)).status).toBe(200);
      advance({ minutes: 1 });
      expect(await statusesOf(3, () => login(email, WRONG))).toEqual([401, 401, 429]);
      advance({ minutes: 1 });
      expect((await login(email)).status).toBe(200);
    });

    it('lets one of 64 guesses at once reach the hash, once failures cost a wait', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '10', ...BEHIND_PROXY });
      const { email } = await api.register();
      expect(await statusesOf(10, () => login(email, WRONG))).toEqual(Array(10).fill(401));
      advance({ minutes: 2 });
      const statuses = await Promise.all(
        Array.from({ length: 64 }, async () => (await login(email, WRONG)).status),
      );
      expect(statuses.filter((status) => status === 401)).toHaveLength(1);
      advance({ minutes: 2 });
      expect((await login(email)).status).toBe(200);
      expect((await login(email)).status).toBe(200);
    });

    it('tells nothing of whether there is such an account', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', ...BEHIND_PROXY });
      const { email } = await api.register();
      const told = async (address: string) => {
        const responses: string[] = [];
        for (let attempt = 0; attempt < 4; attempt++) {
          const { status, headers, body } = await login(address, WRONG);
          const { request_id: _, ...document } = body;
          responses.push(JSON.stringify([status, headers.get('retry-after'), document]));
        }
        return responses;
      };
      const unknown = newEmail();
      for (let minute = 0; minute < 3; minute++) {
        expect(await told(unknown)).toEqual(await told(email));
        advance({ minutes: 1 });
      }
    });

    it('comes before a password is hashed', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '1', BCRYPT_COST: '12' });
      const email = newEmail();
      await login(email);
      const begin = performance.now();
      expect(await statusesOf(20, () => login(email))).toEqual(Array(20).fill(429));
      // At this cost one comparison takes more than a tenth of a second.
      expect(performance.now() - begin).toBeLessThan(1500);
    });

    it('holds for registrations, whose answers tell who is registered', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', ...BEHIND_PROXY });
      const body = { email: newEmail(), password: PASSWORD };
      const register = () => api.call('POST', '/auth/register', { body, ...from(ADDRESS.ada) });
      expect(await statusesOf(3, register)).toEqual([201, 409, 429]);
    });

    it('holds for changes of password, by user, and a wrong one backs off as well', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', ...BEHIND_PROXY });
      const { access_token: token } = await api.register();
      const change = () =>
        api.call('POST', '/auth/change-password', {
          token,
          body: { current_password: WRONG, new_password: PASSWORD },
          ...from(ADDRESS.ada),
        });
      expect(await statusesOf(3, change)).toEqual([422, 422, 429]);
      advance({ minutes: 1 });
      expect(await statusesOf(2, change)).toEqual([422, 429]);
      advance({ seconds: 59 });
      expect((await change()).status).toBe(429);
      advance({ seconds: 1 });
      expect((await change()).status).toBe(422);
    });
  });

  describe('THROTTLE_LOGIN_NETWORK_LIMIT', () => {
    it('counts attempts from one network, whatever the account and the route: before, at and after', async () => {
      await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '4', ...BEHIND_PROXY });
      const { email, access_token: token } = await api.register();
      const body = { email: newEmail(), password: PASSWORD };
      expect((await login(email)).status).toBe(200);
      expect((await login(newEmail())).status).toBe(401);
      expect(
        (await api.call('POST', '/auth/register', { body, ...from(ADDRESS.ada) })).status,
      ).toBe(201);
      const change = { current_password: WRONG, new_password: PASSWORD };
      expect(
        (
          await api.call('POST', '/auth/change-password', {
            token,
            body: change,
            ...from(ADDRESS.ada),
          })
        ).status,
      ).toBe(422);
      expectLimited(await login(email));
      expect((await login(email, PASSWORD, ADDRESS.stranger)).status).toBe(200);
      advance({ minutes: 1 });
      expect((await login(email)).status).toBe(200);
    });

    it('is not used up by what the limit of an account refuses', async () => {
      await start({
        THROTTLE_LOGIN_LIMIT: '2',
        THROTTLE_LOGIN_NETWORK_LIMIT: '4',
        ...BEHIND_PROXY,
      });
      const { email } = await api.register();
      expect(
        await statusesOf(10, () => login(newEmail().replace(/.*@/, 'broken-client@'), WRONG)),
      ).toContain(429);
      expect((await login(email)).status).toBe(200);
    });

    it('keeps nothing of requests that it refuses, so that one network cannot push out others', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '5', THROTTLE_LOGIN_NETWORK_LIMIT: '3' });
      const { size } = counters();
      await statusesOf(3, () => login(newEmail(), WRONG));
      const atTheLimit = counters().size;
      expect(atTheLimit).toBeGreaterThan(size);
      expect(await statusesOf(30, () => login(newEmail(), WRONG))).toEqual(Array(30).fill(429));
      expect(counters().size).toBe(atTheLimit);
    });

    it('counts an address that is too long to be one, and spends no time on it', async () => {
      await start({ THROTTLE_LOGIN_LIMIT: '2', THROTTLE_LOGIN_NETWORK_LIMIT: '3' });
      const tooLong = `a${'\u0301\u0316'.repeat(24_000)}@example.com`;
      const beganAt = performance.now();
      expect(await statusesOf(4, () => login(tooLong))).toEqual([422, 422, 422, 429]);
      expect(performance.now() - beganAt).toBeLessThan(2000);
    });

    it('takes a whole IPv6 /64 for one network, and its neighbour for another', async () => {
      await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '2', ...BEHIND_PROXY });
      const from64 = (ip: string) => login(newEmail(), WRONG, ip);
      expect((await from64('2001:db8:1:2::1')).status).toBe(401);
      expect((await from64('2001:db8:1:2::2')).status).toBe(401);
      expect((await from64('2001:db8:1:2:ffff::3')).status).toBe(429);
      expect((await from64('2001:db8:1:3::1')).status).toBe(401);
    });
  });

  it('ignore X-Forwarded-For where no proxy is trusted', async () => {
    await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '2' });
    let last = 0;
    expect(await statusesOf(3, () => login(newEmail(), WRONG, `203.0.113.${++last}`))).toEqual([
      401, 401, 429,
    ]);
  });

  it('believe a trusted proxy about the address, and nobody before it', async () => {
    await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '2', ...BEHIND_PROXY });
    let last = 0;
    expect(
      await statusesOf(3, () => login(newEmail(), WRONG, `203.0.113.${++last}, ${ADDRESS.ada}`)),
    ).toEqual([401, 401, 429]);
    expect((await login(newEmail(), WRONG, ADDRESS.stranger)).status).toBe(401);
  });

  it.each([
    ['a port', ['192.0.2.7:1', '192.0.2.7:2', '192.0.2.7']],
    ['a port of IPv6', ['[2001:db8::1]:1', '[2001:db8::2]:2', '2001:db8::3']],
    ['IPv4 that is mapped', ['::ffff:192.0.2.7', '::ffff:c000:207', '[::ffff:192.0.2.7]:80']],
    ['6to4', ['2002:c000:207:1::1', '2002:c000:207:2::1', '192.0.2.7']],
    ['NAT64', ['64:ff9b::192.0.2.7', '64:ff9b::c000:207', '192.0.2.7']],
    ['what is no address', ['unknown', '_hidden', '192.0.2.7:x']],
  ])('take %s for no network of its own', async (_what, addresses) => {
    await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '2', ...BEHIND_PROXY });
    const statuses: number[] = [];
    for (const address of addresses)
      statuses.push((await login(newEmail(), WRONG, address)).status);
    expect(statuses).toEqual([401, 401, 429]);
    expect((await login(newEmail(), WRONG, ADDRESS.stranger)).status).toBe(401);
  });

  it('know a trusted proxy by its address, though it is written with a port', async () => {
    await start({ THROTTLE_LOGIN_NETWORK_LIMIT: '2', TRUST_PROXY: '127.0.0.1,10.0.0.0/8' });
    const through = (client: string, proxy: string) =>
      login(newEmail(), WRONG, `${client}, ${proxy}`);
    expect((await through(ADDRESS.ada, '10.0.0.1:4711')).status).toBe(401);
    expect((await through(ADDRESS.ada, '[::ffff:10.0.0.2]:4712')).status).toBe(401);
    expect((await through(ADDRESS.ada, '10.0.0.1:4713')).status).toBe(429);
    expect((await through(ADDRESS.stranger, '10.0.0.1:4711')).status).toBe(401);
  });

  it('can be turned off, each by 0', async () => {
    await start({});
    const { email, refresh_token } = await api.register();
    const responses = [
      ...(await statusesOf(120, () => refresh(refresh_token))),
      ...(await statusesOf(20, () => login(email, WRONG))),
      ...(await statusesOf(20, () => refresh('nonsense'))),
    ];
    expect(new Set(responses)).toEqual(new Set([200, 401]));
  });

  it('show operators how often each was hit, and no client anything', async () => {
    await start({
      THROTTLE_REFRESH_LIMIT: '1',
      THROTTLE_UNKNOWN_LIMIT: '1',
      THROTTLE_LOGIN_LIMIT: '1',
      THROTTLE_LOGIN_NETWORK_LIMIT: '3',
    });
    const { email, refresh_token } = await api.register();
    const first = await refresh(refresh_token);
    expect([...first.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
    await refresh(refresh_token);
    await statusesOf(3, () => refresh('nonsense'));
    await login(email);
    await statusesOf(3, () => login(newEmail(), WRONG));
    const hits = (limit: string) =>
      metric(`evergreen_rate_limited_requests_total{limit="${limit}"}`);
    expect({
      refresh: await hits('refresh'),
      unknown_token: await hits('unknown_token'),
      login: await hits('login'),
      login_network: await hits('login_network'),
    }).toEqual({ refresh: 1, unknown_token: 2, login: 1, login_network: 1 });
  });
});

async function statusesOf(
  count: number,
  send: () => Promise<ApiResponse<object>>,
): Promise<number[]> {
  const statuses: number[] = [];
  for (let sent = 0; sent < count; sent++) statuses.push((await send()).status);
  return statuses;
}

/** Expects 429 with `Retry-After`, and nothing else about the limit. */
function expectLimited(
  response: ApiResponse<object>,
  { atLeastSeconds = 1, atMostSeconds = 900 } = {},
): void {
  expect(response.body).toMatchObject({
    status: 429,
    code: 'rate_limited',
    retryable: true,
    clear_credentials: false,
  });
  const retryAfter = response.headers.get('retry-after') ?? '';
  expect(retryAfter).toMatch(/^\d+$/);
  expect(Number(retryAfter)).toBeGreaterThanOrEqual(atLeastSeconds);
  expect(Number(retryAfter)).toBeLessThanOrEqual(atMostSeconds);
  expect([...response.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
}
