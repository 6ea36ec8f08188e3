import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@evergreen-auth/dev-postgres';
import { newKey } from '../../../src/auth/tokens/keys/new-key.js';
import { writeStoredKeys } from '../../../src/auth/tokens/keys/stored-keys.js';
import { Api } from '../../../test/support/api.js';
import { createDatabase } from '../../../test/support/database.js';
import { systemClock } from '../src/time/clock.js';
import { eventually } from '../../../test/support/eventually.js';
import { serverEnvironment, startServer } from '../../../test/support/server-process.js';
import { startNginx, type Nginx } from './support/nginx.js';
import { runSideCar, sideCarIsReady, type Program } from './support/side-car-program.js';
import { AUDIENCE, claimsAt, ISSUER } from './support/tokens.js';
import { SERVICE_TOKEN, WireServer } from './support/wire-server.js';

// Processes are started, which takes its time where others work on the machine, too.
jest.setTimeout(120_000);

describe('a service behind nginx and the side-car', () => {
  let server: WireServer;
  let sideCarPort: number;
  let sideCar: Program;
  let service: Server;
  let nginx: Nginx;
  /** What the service has received. */
  let received: IncomingMessage[];

  beforeEach(async () => {
    received = [];
    server = await WireServer.start(systemClock);
    service = createServer((request, response) => {
      received.push(request);
      request.resume();
      const status = request.url === '/own-401' ? 401 : request.url === '/own-500' ? 500 : 201;
      response.writeHead(status).end('from the service');
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    sideCarPort = await freePort();
    await startSideCar();
    nginx = await startNginx(sideCarPort, (service.address() as AddressInfo).port);
    received = [];
  });

  afterEach(async () => {
    await nginx.stop();
    sideCar.child.kill('SIGKILL');
    service.closeAllConnections();
    service.close();
    await server.close();
  });

  async function startSideCar(): Promise<void> {
    sideCar = runSideCar(['--port', String(sideCarPort)], {
      EVERGREEN_SERVER: server.url,
      EVERGREEN_ISSUER: ISSUER,
      EVERGREEN_AUDIENCE: AUDIENCE,
      EVERGREEN_SERVICE_TOKEN: SERVICE_TOKEN,
    });
    await sideCarIsReady(sideCarPort, sideCar);
  }

  const token = (claims: object = {}) => server.key.sign(claimsAt(Date.now(), claims));

  const call = (path: string, bearer?: string, init: RequestInit = {}) =>
    fetch(nginx.url + path, {
      ...init,
      headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...init.headers },
    });

  it('passes a good token on, and who the caller is', async () => {
    const [sub, sid] = [randomUUID(), randomUUID()];
    const good = token({ sub, sid, roles: ['admin', 'orders:read'] });
    const body = JSON.stringify({ item: 'tea' });
    const response = await call('/orders?page=2', good, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([201, 'from the service']);
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({ method: 'POST', url: '/orders?page=2' });
    expect(received[0]?.headers).toMatchObject({
      'x-user-id': sub,
      'x-session-id': sid,
      'x-roles': 'admin,orders:read',
      'content-length': String(body.length),
      authorization: `Bearer ${good}`,
    });
    expect(Number(received[0]?.headers['x-token-expires-at'])).toBeGreaterThan(Date.now() / 1000);
  });

  it('passes none of these headers on as the caller has sent them', async () => {
    const sub = randomUUID();
    const text =
      'GET /orders HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' +
      `Authorization: Bearer ${token({ sub })}\r\n` +
      'X-User-Id: forged\r\nx-user-id: forged\r\nX_User_Id: forged\r\nX-Session-Id: forged\r\n' +
      'X-Roles: admin\r\nX_Roles: admin\r\nX-Token-Expires-At: 9999999999\r\n\r\n';
    expect(await raw(text)).toMatch(/^HTTP\/1.1 201 /);
    expect(received).toHaveLength(1);
    const { 'x-user-id': userId, ...headers } = received[0]?.headers ?? {};
    expect(userId).toBe(sub);
    // The user has no roles.
    expect(Object.keys(headers).filter((name) => /roles|_/.test(name))).toEqual([]);
    expect(Object.values(headers).join('\n')).not.toMatch(/forged|9999999999/);
  });

  it('refuses what the side-car refuses, with its document and its challenge', async () => {
    const sid = randomUUID();
    const ended = token({ sid });
    expect((await call('/orders', ended)).status).toBe(201);
    server.revoke(sid);
    await eventually(async () => (await call('/orders', ended)).status === 401);
    received = [];
    for (const [bearer, code, challenge] of [
      [ended, 'session_revoked', /error="invalid_token"/],
      [token({ exp: 1_700_000_600, iat: 1_700_000_000 }), 'token_expired', /error="invalid_token"/],
      ['rubbish', 'token_invalid', /error="invalid_token"/],
      [undefined, 'token_missing', /^Bearer realm="evergreen"$/],
    ] as const) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const response = await call('/orders/7?key=a', bearer, { method });
        expect(response.status).toBe(401);
        expect(response.headers.get('www-authenticate')).toMatch(challenge);
        expect(response.headers.get('content-type')).toMatch('application/problem+json');
        expect(response.headers.get('cache-control')).toBe('no-store');
        const problem = await response.json();
        expect(problem).toMatchObject({ code, instance: '/orders/7', clear_credentials: false });
      }
    }
    expect(received).toEqual([]);
  });

  it('refuses two Authorization headers', async () => {
    const good = token();
    const twice = `Authorization: Bearer ${good}\r\n`.repeat(2);
    const response = await raw(`GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${twice}\r\n`);
    expect(response).toMatch(/^HTTP\/1.1 40[01] /);
    expect(received).toEqual([]);
  });

  it('responds with 503 and Retry-After while nothing can be said, and works again after it', async () => {
    const good = token();
    server.feedReply = { status: 503 };
    server.cut();
    await eventually(async () => (await call('/orders', good)).status === 503);
    received = [];
    const response = await call('/orders', good, { method: 'POST', body: 'a' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    expect(response.headers.has('www-authenticate')).toBe(false);
    expect(await response.json()).toMatchObject({
      code: 'service_unavailable',
      retryable: true,
      instance: '/orders',
    });
    expect(received).toEqual([]);
    server.feedReply = undefined;
    await eventually(async () => (await call('/orders', good)).status === 201);
  });

  it('responds so while there is no side-car, too', async () => {
    sideCar.child.kill('SIGKILL');
    await sideCar.ended;
    const response = await call('/orders', token());
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await response.json()).toMatchObject({ code: 'service_unavailable' });
    expect(received).toEqual([]);
    await startSideCar();
    expect((await call('/orders', token())).status).toBe(201);
  });

  it('accepts no ended session after it was paused, and refuses no good token with 401', async () => {
    const sid = randomUUID();
    const [good, ended] = [token(), token({ sid })];
    const userOf = (text: string) => JSON.parse(atob(text.split('.')[1] ?? ''));
    server.verify = (text) => {
      if (text === ended) return { status: 401, body: { code: 'session_revoked' } };
      const { sub, sid: session_id } = userOf(text);
      return { status: 200, body: { valid: true, user: { id: sub }, session_id } };
    };
    for (const one of [good, ended]) expect((await call('/orders', one)).status).toBe(201);
    sideCar.child.kill('SIGSTOP');
    server.revoke(sid);
    await sleep(4500);
    const responses = [ended, good].map((one) => call('/orders', one));
    await sleep(100);
    sideCar.child.kill('SIGCONT');
    const [first, second] = await Promise.all(responses);
    expect(first?.status).toBe(401);
    expect(second?.status).toBe(201);
  });

  it('leaves the responses of the service as they are', async () => {
    for (const [path, status] of [
      ['/own-401', 401],
      ['/own-500', 500],
    ] as const) {
      const response = await call(path, token());
      expect([response.status, await response.text()]).toEqual([status, 'from the service']);
    }
  });

  it('has no way to the side-car for callers', async () => {
    const [good, before] = [token(), received.length];
    for (const path of ['/_evergreen/verify', '/%5Fevergreen/verify', '/a/../_evergreen/verify'])
      expect((await rawGet(path, good)).startsWith('HTTP/1.1 404 ')).toBe(true);
    expect(received).toHaveLength(before);
  });

  /** `fetch` would normalize the path. */
  const rawGet = (path: string, bearer: string) =>
    raw(
      `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${bearer}\r\n\r\n`,
    );

  /** The response to a request that is sent as it is. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(nginx.port, '127.0.0.1');
      let response = '';
      socket.on('data', (chunk) => (response += chunk.toString('latin1')));
      socket.on('end', () => resolve(response));
      socket.on('error', reject);
      socket.write(text);
    });
  }
});

describe('a real server, the side-car and nginx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-side-car-'));
  const secret = randomBytes(32).toString('hex');
  const closing: (() => unknown)[] = [];

  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true });
  });

  it('respond with 201 or 503 to a good token while the server is killed, and with 401 after a logout', async () => {
    const database = await createDatabase();
    closing.push(() => database.drop());
    const keys = join(folder, 'keys.json');
    writeStoredKeys(keys, [newKey(new Date())]);
    const environment = {
      ...serverEnvironment(database.url),
      JWT_KEYS_FILE: keys,
      SERVICE_TOKENS: `orders:${secret}`,
      PORT: String(await freePort()),
    };
    let server = await startServer(environment);
    closing.push(() => server.stop('SIGKILL'));
    const service = createServer((_, response) => response.writeHead(201).end());
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    closing.push(() => (service.closeAllConnections(), service.close()));
    const port = await freePort();
    const sideCar = runSideCar(['--port', String(port)], {
      EVERGREEN_SERVER: server.url,
      EVERGREEN_ISSUER: ISSUER,
      EVERGREEN_AUDIENCE: AUDIENCE,
      EVERGREEN_SERVICE_TOKEN: secret,
    });
    closing.push(() => sideCar.child.kill('SIGKILL'));
    await sideCarIsReady(port, sideCar);
    const nginx = await startNginx(port, (service.address() as AddressInfo).port);
    closing.push(() => nginx.stop());

    const api = new Api(server.url);
    const { access_token: token } = await api.register();
    const seen = new Set<number>();
    const order = async () => {
      const headers = { authorization: `Bearer ${token}` };
      const { status } = await fetch(`${nginx.url}/orders`, { headers });
      seen.add(status);
      return status;
    };
    expect(await order()).toBe(201);
    await server.stop('SIGKILL');
    await eventually(async () => (await order()) === 503);
    server = await startServer(environment);
    await eventually(async () => (await order()) === 201, { withinMs: 30_000 });
    expect([...seen].sort()).toEqual([201, 503]);

    expect((await api.logout(token)).status).toBe(204);
    await eventually(async () => (await order()) === 401, { withinMs: 4000 });
  });
});

describe('evergreen-resource', () => {
  const programs: Program[] = [];
  let server: WireServer;

  beforeEach(async () => {
    server = await WireServer.start(systemClock);
  });

  afterEach(async () => {
    for (const { child } of programs.splice(0)) child.kill('SIGKILL');
    await server.close();
  });

  function run(args: string[], variables: NodeJS.ProcessEnv = {}): Program {
    const program = runSideCar(args, variables);
    programs.push(program);
    return program;
  }

  const settings = () => ({
    EVERGREEN_SERVER: server.url,
    EVERGREEN_ISSUER: ISSUER,
    EVERGREEN_AUDIENCE: AUDIENCE,
    EVERGREEN_SERVICE_TOKEN: SERVICE_TOKEN,
  });

  it('names what is missing, and ends with 2', async () => {
    const program = run([], { EVERGREEN_ISSUER: ISSUER });
    expect(await program.ended).toBe(2);
    for (const name of ['SERVER', 'AUDIENCE', 'SERVICE_TOKEN'])
      expect(program.output).toContain(`EVERGREEN_${name} `);
    const wrong = run([], { ...settings(), EVERGREEN_SERVER: 'auth.example.com' });
    expect(await wrong.ended).toBe(2);
    expect(wrong.output).toMatch(/^server must be an address such as https:/);
  });

  it('ends with 1 if its port is taken', async () => {
    const program = run(['--port', new URL(server.url).port], settings());
    expect(await program.ended).toBe(1);
    expect(program.output).toContain('(EADDRINUSE)');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order after %s', async (signal) => {
    const port = await freePort();
    const program = run(['--port', String(port)], settings());
    await sideCarIsReady(port, program);
    program.child.kill(signal);
    expect(await program.ended).toBe(0);
    const lines = program.output.trim().split('\n');
    for (const line of lines)
      expect(JSON.parse(line)).toEqual({
        time: expect.stringMatching(/^\d{4}-/),
        level: expect.any(String),
        message: expect.any(String),
      });
    expect(lines.at(-1)).toContain('Stopped.');
    expect(program.output).not.toContain(SERVICE_TOKEN);
  });

  it('is reachable on the loopback interface alone, and ready while it can ask', async () => {
    server.feedReply = { status: 503 };
    server.verify = () => ({ status: 401, body: { code: 'token_missing' } });
    const port = await freePort();
    const program = run(['--port', String(port)], settings());
    await sideCarIsReady(port, program);
    const ready = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect(ready.headers.get('x-verifier-state')).toBe('loading');
    expect(program.output).toContain(`http://127.0.0.1:${port}/verify`);
    server.verify = () => ({ status: 503 });
    const { status } = await fetch(`http://127.0.0.1:${port}/health/ready`);
    expect(status).toBe(503);
  });
});
