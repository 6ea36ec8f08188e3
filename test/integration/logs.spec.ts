import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { SECURITY_EVENTS } from '../../src/platform/events/index.js';
import { Api, call, newEmail, PASSWORD } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

type Line = Readonly<Record<string, unknown>>;

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/;

describe('the log', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer(serverEnvironment(database.url));
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
  /** The line of a request is written when its answer has left. */
  const requestLines = async (id: string | null): Promise<Line[]> => {
    const found = () =>
      lines().filter(({ msg, request_id }) => msg === 'request' && request_id === id);
    await eventually(() => found().length > 0);
    return found();
  };

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
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () =>
        socket.end('nonsense\r\n\r\n'),
      );
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
    });
    const id = /x-request-id: (\S+)/.exec(answer)?.[1];
    expect(id).toMatch(UUID);
    expect(answer).toContain(`"request_id":"${id}"`);
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

  it('has a line of a stable name for what concerns security, anomalies as warnings', async () => {
    const api = new Api(server.url);
    const email = newEmail();
    const { user, session_id } = await api.register({ email });
    await api.login(email, { password: 'not-the-password' });
    const device = api.anotherDevice();
    await device.login(email);
    await api.login(newEmail(), { password: PASSWORD });

    const told = () =>
      lines().filter(
        ({ event, user_id }) =>
          event !== undefined && [user.id, null].includes(user_id as string | null),
      );
    await eventually(() => told().length >= 5);
    expect(told().map(({ event, level }) => [event, level])).toEqual([
      ['auth.register.succeeded', 30],
      ['auth.login.failed', 30],
      ['auth.login.succeeded', 30],
      ['auth.login.new_device', 40],
      ['auth.login.failed', 30],
    ]);
    expect(told()[0]).toMatchObject({
      user_id: user.id,
      session_id,
      network: '127.0.0.0/24',
      event_id: expect.stringMatching(UUID),
    });
    expect(server.log).not.toContain(email);
  });

  it('has no name that docs/operations.md does not list, and the other way round', () => {
    const documented = [
      ...readFileSync('docs/operations.md', 'utf8').matchAll(/^\| `(auth\.[\w.]+)` \| `(\w+)`/gm),
    ];
    const named = Object.entries(SECURITY_EVENTS).map(([type, { line }]) => [line, type]);
    expect(documented.map(([, line, type]) => [line, type])).toEqual(named);
    expect(new Set(named.map(([line]) => line)).size).toBe(named.length);
  });
});
