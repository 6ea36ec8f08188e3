import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { SECURITY_EVENTS } from '../../src/platform/events/index.js';
import { Api, call, newEmail, PASSWORD, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

type Line = Readonly<Record<string, unknown>>;

const SERVICE_TOKEN = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const ADMIN_TOKEN = 'f3b1c9a27d60e84512ac7f9be0d36458';
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

describe('the log', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      ADMIN_TOKEN,
      SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
      ANOMALY_ACTION: 'revoke',
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const lines = () =>
    server.log
      .split('\n')
      // What comes after the last end of a line is still being written.
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  /** The line of a request is written after its response was sent. */
  const requestLines = async (id: string | null): Promise<Line[]> => {
    const found = () =>
      lines().filter(({ msg, request_id }) => msg === 'request' && request_id === id);
    await eventually(() => found().length > 0);
    return found();
  };

  it('says which other service has asked, and that another one was refused', async () => {
    const introspect = (token: string) =>
      call('POST', `${server.url}/api/auth/introspect`, { token, body: { token: 'x' } });
    const good = await introspect(SERVICE_TOKEN);
    const bad = await introspect(`${SERVICE_TOKEN}x`);
    const [line] = await requestLines(good.headers.get('x-request-id'));
    expect(line).toMatchObject({ status: 200, service: 'orders' });
    const refused = await requestLines(bad.headers.get('x-request-id'));
    expect(refused).toEqual([expect.not.objectContaining({ service: expect.anything() })]);
    const request_id = bad.headers.get('x-request-id');
    await eventually(() =>
      lines().some((one) => one.event === 'auth.service.denied' && one.request_id === request_id),
    );
    expect(server.log).not.toContain(SERVICE_TOKEN);
  });

  it('has one line for each request, with who made it and how it was answered', async () => {
    const api = new Api(server.url);
    const { access_token, user, session_id } = await api.register();
    const good = await api.call('GET', '/users/me?secret=1', { token: access_token });
    const bad = await api.call('GET', '/users/me', { token: `${access_token}x` });
    const lost = await api.call('GET', '/nowhere/at/all');
    expect(await requestLines(good.headers.get('x-request-id'))).toEqual([
      expect.objectContaining({
        method: 'GET',
        route: '/api/users/me',
        status: 200,
        user_id: user.id,
        session_id,
      }),
    ]);
    const [refused] = await requestLines(bad.headers.get('x-request-id'));
    expect(refused).toMatchObject({ route: '/api/users/me', status: 401, code: 'token_invalid' });
    expect(refused).not.toHaveProperty('user_id');
    expect(await requestLines(lost.headers.get('x-request-id'))).toEqual([
      expect.objectContaining({ route: 'none', status: 404, code: 'not_found' }),
    ]);
  });

  it.each(['a', 'trace-1.2:3_4', 'x'.repeat(100)])(
    'keeps the id that a caller gave: %s',
    async (id) => {
      const { headers } = await call('GET', `${server.url}/api/users/me`, {
        headers: { 'x-request-id': id },
      });
      expect(headers.get('x-request-id')).toBe(id);
      expect(await requestLines(id)).toHaveLength(1);
    },
  );

  it.each(['', 'x'.repeat(101), 'two words', '{"level":60}', 'caf\u00e9'])(
    'replaces an id that may not stand in a log: %j',
    async (id) => {
      const { headers, body } = await call('GET', `${server.url}/api/users/me`, {
        headers: { 'x-request-id': id },
      });
      const own = headers.get('x-request-id');
      expect(own).toMatch(UUID);
      expect(body.request_id).toBe(own);
      expect(await requestLines(own)).toHaveLength(1);
      if (id) expect(server.log).not.toContain(id);
    },
  );

  it('names even what is no request', async () => {
    const response = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
        socket.end('nonsense\r\n\r\n'),
      );
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    const id = /x-request-id: (\S+)/.exec(response)?.[1];
    expect(id).toMatch(UUID);
    expect(response).toContain(`"request_id":"${id}"`);
  });

  it('has no error where a client hangs up', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const head = 'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';
    socket.write(`${head}Content-Length: 99\r\nX-Request-Id: hung-up\r\n\r\n{`);
    await call('GET', `${server.url}/health/live`);
    socket.destroy();
    for (const id of ['after-1', 'after-2']) {
      await call('GET', `${server.url}/health/live`, { headers: { 'x-request-id': id } });
      await requestLines(id);
    }
    expect(
      lines().filter(({ request_id, level }) => request_id === 'hung-up' && Number(level) >= 40),
    ).toEqual([]);
  });

  const levelOf = async (id: string | null) => (await requestLines(id))[0]?.level;
  const eventLines = async (event: string, of: Line, count = 1): Promise<Line[]> => {
    const found = () =>
      lines().filter((line) =>
        Object.entries({ event, ...of }).every(([name, value]) => line[name] === value),
      );
    await eventually(() => found().length >= count);
    return found();
  };
  /** What a line of the security of a session says of its request. */
  const whoAndWhere = (request: Headers | null, session: { id: string; user: string }) => ({
    request_id: request ? request.get('x-request-id') : null,
    session_id: session.id,
    user_id: session.user,
    device_name: 'Firefox on Linux',
    network: '127.0.0.0/24',
  });
  const firefox = {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  };

  describe('of a refused sign-in or refresh', () => {
    it('has the level of a warning, in the line of its request, too', async () => {
      const api = new Api(server.url);
      const { email, refresh_token = '' } = await api.register();
      const refused = [
        await api.login(email, { password: 'not-the-password' }),
        await api.refresh('nonsense'),
        await api.call('POST', '/auth/refresh'),
      ];
      for (const { headers } of refused)
        expect(await levelOf(headers.get('x-request-id'))).toBe(40);
      const others = [await api.refresh(refresh_token), await api.me('nonsense')];
      for (const { headers } of others) expect(await levelOf(headers.get('x-request-id'))).toBe(30);
    });

    it('tells its cause, and of whose session it was', async () => {
      const api = new Api(server.url);
      const { access_token, refresh_token = '', session_id, user } = await api.register();
      await api.logout(access_token);
      const ended = await api.call('POST', '/auth/refresh', {
        token: refresh_token,
        headers: firefox,
      });
      const [line] = await eventLines('auth.refresh.failed', { session_id });
      expect(line).toMatchObject({
        level: 40,
        cause: 'session_revoked',
        ...whoAndWhere(ended.headers, { id: session_id, user: user.id }),
      });
      const unknown = await api.refresh('nonsense');
      const request_id = unknown.headers.get('x-request-id');
      expect(await eventLines('auth.refresh.failed', { request_id })).toMatchObject([
        { cause: 'token_invalid', network: '127.0.0.0/24' },
      ]);
    });

    it('tells nothing of those that are granted', async () => {
      expect(server.log).not.toContain('auth.refresh.granted');
      expect(server.log).not.toContain('auth.renewal.granted');
    });
  });

  describe('of sessions that end', () => {
    /** A user who is signed in so many times, first of all by what asks for the end. */
    const signIn = async (count: number) => {
      const api = new Api(server.url);
      const first = await api.register();
      const others = [];
      for (let index = 1; index < count; index++) others.push((await api.login(first.email)).body);
      const call = async (method: string, path: string, body?: object) =>
        (await api.call(method, path, { token: first.access_token, body, headers: firefox }))
          .headers;
      return {
        api,
        first,
        user: first.user.id,
        ids: [first, ...others].map((one) => one.session_id),
        call,
      };
    };

    const expectEnds = async (
      user: string,
      reason: string,
      ids: (string | undefined)[],
      request: Headers,
    ) => {
      const found = await eventLines('auth.session.ended', { user_id: user }, ids.length);
      expect(found.map((line) => line.session_id).sort()).toEqual([...ids].sort());
      for (const line of found)
        expect(line).toMatchObject({
          level: 30,
          reason,
          ...whoAndWhere(request, { id: line.session_id as string, user }),
        });
    };

    it('has one line by logout, and none where it had ended before', async () => {
      const { user, ids, call: ask } = await signIn(2);
      const request = await ask('POST', '/auth/logout');
      await ask('POST', '/auth/logout');
      await expectEnds(user, 'logout', ids.slice(0, 1), request);
    });

    it('has one for each by logout-all', async () => {
      const { user, ids, call: ask } = await signIn(3);
      await expectEnds(user, 'logout_all', ids, await ask('POST', '/auth/logout-all'));
    });

    it('has one for the device that was ended', async () => {
      const { user, ids, call: ask } = await signIn(2);
      const request = await ask('DELETE', `/sessions/${ids[1]}`);
      await expectEnds(user, 'ended_by_user', ids.slice(1), request);
    });

    it('has one for each other session by a change of password', async () => {
      const { user, ids, call: ask } = await signIn(3);
      const change = { current_password: PASSWORD, new_password: 'copper-Meadow-58-anchor' };
      const request = await ask('POST', '/auth/change-password', change);
      await expectEnds(user, 'password_changed', ids.slice(1), request);
    });

    it('has one where a refresh token was reused', async () => {
      const { api, first, user, ids } = await signIn(2);
      const token = refreshTokenOf(first);
      const thief = api.anotherDevice();
      const stolen = await thief.refresh(token);
      await api.refresh(refreshTokenOf((await api.refresh(token)).body));
      const { headers } = await thief.call('POST', '/auth/refresh', {
        token: refreshTokenOf(stolen.body),
        headers: firefox,
      });
      await expectEnds(user, 'refresh_reuse_detected', ids.slice(0, 1), headers);
    });

    it('has one for each by an operator, with the request where there is one', async () => {
      const operator = { token: ADMIN_TOKEN };
      const { user, ids } = await signIn(4);
      const path = `${server.url}/api/admin/users/${user}`;
      const responses = [
        await call('DELETE', `${path}/sessions/${ids[0]}`, operator),
        await call('DELETE', `${path}/sessions`, operator),
      ];
      const found = await eventLines('auth.session.ended', { user_id: user }, 4);
      expect(found.map(({ session_id }) => session_id).sort()).toEqual([...ids].sort());
      for (const { session_id, reason, request_id } of found)
        expect({ reason, request_id }).toEqual({
          reason: 'ended_by_operator',
          request_id: responses[session_id === ids[0] ? 0 : 1]?.headers.get('x-request-id'),
        });

      const barred = await signIn(2);
      const before = await call(
        'PUT',
        `${server.url}/api/admin/users/${barred.user}/deactivation`,
        operator,
      );
      expect(await eventLines('auth.session.ended', { user_id: barred.user }, 2)).toMatchObject(
        barred.ids.map(() => ({
          reason: 'user_deactivated',
          request_id: before.headers.get('x-request-id'),
        })),
      );

      const everybody = await signIn(1);
      await call(
        'DELETE',
        `${server.url}/api/admin/sessions?before=2999-01-01T00:00:00Z`,
        operator,
      );
      expect(await eventLines('auth.session.ended', { user_id: everybody.user })).toMatchObject([
        { session_id: everybody.ids[0], reason: 'ended_by_operator' },
      ]);
    });
  });

  it('has a line of a stable name for what concerns security, anomalies as warnings', async () => {
    const begin = lines().length;
    const api = new Api(server.url);
    const email = newEmail();
    const { user, session_id } = await api.register({ email });
    await api.login(email, { password: 'not-the-password' });
    const device = api.anotherDevice();
    await device.login(email);
    await api.login(newEmail(), { password: PASSWORD });

    const told = () =>
      lines()
        .slice(begin)
        .filter(
          ({ event, user_id }) =>
            event !== undefined && [user.id, null].includes(user_id as string | null),
        );
    await eventually(() => told().length >= 5);
    expect(told().map(({ event, level }) => [event, level])).toEqual([
      ['auth.register.succeeded', 30],
      ['auth.login.failed', 40],
      ['auth.login.succeeded', 30],
      ['auth.login.new_device', 40],
      ['auth.login.failed', 40],
    ]);
    const requests = told().map(({ request_id }) => request_id);
    expect(requests).toEqual([
      ...requests.slice(0, 3).map(() => expect.stringMatching(UUID) as string),
      requests[2],
      expect.stringMatching(UUID),
    ]);
    expect(new Set(requests).size).toBe(4);
    expect(told()[0]).toMatchObject({
      user_id: user.id,
      session_id,
      network: '127.0.0.0/24',
      event_id: expect.stringMatching(UUID),
    });
    expect(server.log).not.toContain(email);
  });

  it('has no name that docs/operations/logs.md does not list, and the other way round', () => {
    const documented = [
      ...readFileSync('docs/operations/logs.md', 'utf8').matchAll(
        /^\| `(auth\.[\w.]+)` \| `(\w+)`/gm,
      ),
    ];
    const named = Object.entries(SECURITY_EVENTS).map(([type, { line }]) => [line, type]);
    expect(documented.map(([, line, type]) => [line, type])).toEqual(named);
    expect(new Set(named.map(([line]) => line)).size).toBe(named.length);
  });
});

describe('the log of an instance that cannot serve', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      SHUTDOWN_DRAIN_SECONDS: '1',
    });
  });

  const linesOf = async (request: Headers): Promise<Line[]> => {
    const id = request.get('x-request-id');
    const found = () =>
      server.log
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line)
        .filter(({ request_id }) => request_id === id);
    await eventually(() => found().some(({ msg }) => msg === 'request'));
    return found();
  };

  it('has no error for a probe while it drains, and an error where the database is gone', async () => {
    const api = new Api(server.url);
    const { refresh_token = '' } = await api.register();
    await database.drop();
    const failed = await linesOf((await api.refresh(refresh_token)).headers);
    expect(failed).toContainEqual(
      expect.objectContaining({ event: 'auth.refresh.failed', cause: 'service_unavailable' }),
    );
    expect(failed).toContainEqual(
      expect.objectContaining({ msg: 'request', status: 503, level: 50 }),
    );

    const stopped = server.stop();
    let probe = await call('GET', `${server.url}/health/ready`);
    // The signal may come after the request.
    await eventually(async () => {
      if (probe.status === 200) probe = await call('GET', `${server.url}/health/ready`);
      return probe.status === 503;
    });
    expect(probe.body).toMatchObject({ status: 503, code: 'service_unavailable' });
    expect((await linesOf(probe.headers)).map(({ msg, level }) => [msg, level])).toEqual([
      ['request', 30],
    ]);
    await stopped;
  });
});

describe('the log with LOG_LEVEL=debug', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      LOG_LEVEL: 'debug',
      ACCESS_TOKEN_RENEW_MINUTES: '1440',
      // Renewals must come to something later than the token at hand.
      AUTO_RENEW_MAX_HOURS: '24',
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const eventLine = async (event: string, request: Headers): Promise<Line | undefined> => {
    const found = () =>
      server.log
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line)
        .find((line) => line.event === event && line.request_id === request.get('x-request-id'));
    await eventually(() => found() !== undefined);
    return found();
  };

  it('tells of each refresh how it was granted, and of renewals, without a token', async () => {
    const api = new Api(server.url);
    const { refresh_token = '', access_token, session_id, user } = await api.register();
    const who = { session_id, user_id: user.id, network: '127.0.0.0/24', level: 20 };
    const rotated = await api.refresh(refresh_token);
    expect(await eventLine('auth.refresh.granted', rotated.headers)).toMatchObject({
      ...who,
      outcome: 'rotated',
    });
    const replayed = await api.refresh(refresh_token);
    expect(await eventLine('auth.refresh.granted', replayed.headers)).toMatchObject({
      ...who,
      outcome: 'replayed',
    });
    let { headers } = rotated;
    // The first of a later second is the first that a renewal gives more life.
    await eventually(async () => {
      ({ headers } = await api.me(access_token));
      return headers.has('x-new-token');
    });
    expect(await eventLine('auth.renewal.granted', headers)).toMatchObject(who);
    for (const token of [refresh_token, access_token, headers.get('x-new-token') ?? ''])
      expect(server.log).not.toContain(token.split('.')[2]);
  });
});
