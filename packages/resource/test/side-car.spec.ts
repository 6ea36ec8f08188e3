import { connect } from 'node:net';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RevocationState, Verdict } from '../src/index.js';
import { Closing } from '../src/closing.js';
import { ServerProbe } from '../src/side-car/server-probe.js';
import { startSideCar, type SideCar } from '../src/side-car/side-car.js';
import { systemClock } from '../src/time/clock.js';

const GOOD: Verdict = {
  kind: 'good',
  userId: '0190c3a2-0000-7000-8000-000000000001',
  sessionId: '0190c3a2-0000-7000-8000-000000000002',
  expiresAt: 1_800_000_000,
  authenticatedAt: 1,
  amr: ['pwd'],
  roles: ['admin', 'orders:read'],
  claims: {},
};

/** What a name would add to the headers that the proxy passes on. */
const FORGED: Verdict = { ...GOOD, roles: ['a,admin', 'b\r\nx-user-id: c', 'ok'] };

/** Tokens are called by what is said of them. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  good: GOOD,
  plain: { ...GOOD, roles: [] },
  forged: FORGED,
  expired: { kind: 'expired' },
  ended: { kind: 'ended' },
  unknown: { kind: 'unknown', retryAfterSeconds: 7 },
};

describe('the side-car', () => {
  let sideCar: SideCar;
  let state: RevocationState;
  let canAsk: boolean;
  let errors: string[];
  let verify: (token: string) => Promise<Verdict>;

  beforeEach(async () => {
    [state, canAsk, errors] = ['live', false, []];
    verify = (token) => Promise.resolve(VERDICTS[token] ?? { kind: 'invalid' });
    sideCar = await startSideCar({
      verifier: {
        verify: (token) => verify(token),
        get state() {
          return state;
        },
      },
      canAsk: () => Promise.resolve(canAsk),
      logger: { error: (message) => void errors.push(message) },
      host: '127.0.0.1',
      port: 0,
    });
  });

  afterEach(() => sideCar.close());

  const ask = (token?: string, path = '/verify', init: RequestInit = {}) =>
    fetch(sideCar.url + path, {
      ...init,
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...init.headers },
    });

  const documentOf = async (response: Response) =>
    (await response.json()) as { readonly code: string; readonly instance: string };

  describe('/verify', () => {
    it('says who the caller is', async () => {
      const response = await ask('good');
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'x-user-id': '0190c3a2-0000-7000-8000-000000000001',
        'x-session-id': '0190c3a2-0000-7000-8000-000000000002',
        'x-roles': 'admin,orders:read',
        'x-token-expires-at': '1800000000',
        'cache-control': 'no-store',
      });
    });

    it('says so of a caller without roles, too, or a proxy would pass on those that it claims', async () => {
      const response = await ask('plain', '/verify', { headers: { 'x-roles': 'admin' } });
      expect(response.headers.get('x-roles')).toBe('');
    });

    it('leaves out what is no name of a role', async () => {
      const response = await ask('forged');
      expect(response.headers.get('x-roles')).toBe('ok');
      expect(response.headers.get('x-user-id')).toBe(GOOD.kind === 'good' && GOOD.userId);
    });

    it('refuses the scheme DPoP, which promises a proof that it does not check', async () => {
      const response = await ask(undefined, '/verify', { headers: { authorization: 'DPoP good' } });
      expect(response.status).toBe(401);
      expect((await documentOf(response)).code).toBe('proof_invalid');
      expect(response.headers.has('x-user-id')).toBe(false);
    });

    it.each([
      ['expired', 401, 'token_expired'],
      ['ended', 401, 'session_revoked'],
      ['rubbish', 401, 'token_invalid'],
      ['', 401, 'token_missing'],
      ['unknown', 503, 'service_unavailable'],
    ])('refuses "%s" with %i %s', async (token, status, code) => {
      const response = await ask(token);
      expect(response.status).toBe(status);
      expect(response.headers.get('content-type')).toMatch('application/problem+json');
      expect(response.headers.get('retry-after')).toBe(status === 503 ? '7' : null);
      expect(response.headers.get('www-authenticate')).toEqual(
        status === 401 ? expect.stringMatching(/^Bearer realm="evergreen"/) : null,
      );
      for (const name of ['x-user-id', 'x-session-id', 'x-roles'])
        expect(response.headers.has(name)).toBe(false);
      const problem = response.headers.get('x-problem');
      const document = await documentOf(response);
      expect(document).toMatchObject({ status, code, clear_credentials: false });
      expect(JSON.parse(String(problem))).toEqual(document);
    });

    it.each(['POST', 'DELETE', 'OPTIONS', 'PROPFIND'])('answers %s, too', async (method) => {
      expect((await ask('good', '/verify/orders/7', { method })).status).toBe(200);
      expect((await ask('ended', '/verify/orders/7', { method })).status).toBe(401);
    });

    it('ignores a body', async () => {
      const body = 'a'.repeat(100_000);
      expect((await ask('good', '/verify', { method: 'POST', body })).status).toBe(200);
    });

    it('tells the path that the caller asked for, without its query', async () => {
      const told = (path: string, uri?: string) =>
        ask('', path, uri ? { headers: { 'x-forwarded-uri': uri } } : {})
          .then(documentOf)
          .then(({ instance }) => instance);
      expect(await told('/verify/orders/7?key=secret')).toBe('/orders/7');
      expect(await told('/verify', '/orders/7?key=secret')).toBe('/orders/7');
      expect(await told('/verify')).toBe('/');
    });

    it('has room in a header for every path', async () => {
      const { status, headers } = await ask('', '/verify', {
        headers: { 'x-forwarded-uri': `/é"\\${'ä'.repeat(3000)}` },
      });
      expect(status).toBe(401);
      expect(headers.get('x-problem')).toMatch(/^[ -~]{1,7500}$/);
      expect(JSON.parse(String(headers.get('x-problem'))).instance).toMatch(/^\/é"\\ä+$/);
    });

    it('refuses two Authorization headers, of which a proxy may have read the other one', async () => {
      const response = await raw(
        'GET /verify HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer good\r\nAuthorization: Bearer good\r\nConnection: close\r\n\r\n',
      );
      expect(response).toMatch(/^HTTP\/1.1 401 /);
      expect(response).toContain('token_invalid');
    });

    it('goes on after a request that failed, which does not pass', async () => {
      verify = () => Promise.reject(new Error('A bug.'));
      expect((await ask('good')).status).toBe(500);
      expect(errors).toEqual(['A request failed: Error: A bug.']);
      expect((await ask(undefined, '/health/live')).status).toBe(200);
    });

    it.each(['/', '/verifyx', '/VERIFY', '//verify', '/health'])('is not %s', async (path) => {
      expect((await ask('good', path)).status).toBe(404);
    });
  });

  describe('/health/ready', () => {
    it.each([
      ['live', false, 200],
      ['live', true, 200],
      ['stale', true, 200],
      ['stale', false, 503],
      ['loading', false, 503],
    ] as const)('while %s, and able to ask: %s, is %i', async (now, able, status) => {
      [state, canAsk] = [now, able];
      expect((await ask(undefined, '/health/ready')).status).toBe(status);
      expect((await ask(undefined, '/health/live')).status).toBe(200);
    });
  });

  describe('close', () => {
    it('answers what has begun, on a connection that ends then, and no more', async () => {
      let begun = () => {};
      const hasBegun = new Promise<void>((resolve) => (begun = resolve));
      let finish = (_: Verdict) => {};
      verify = () => {
        begun();
        return new Promise((resolve) => (finish = resolve));
      };
      // Kept alive by the caller, as proxies do.
      const answered = raw('GET /verify HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer x\r\n\r\n');
      await hasBegun;
      const closed = sideCar.close();
      await expect(ask('good')).rejects.toThrow();
      finish(GOOD);
      expect(await answered).toMatch(/^HTTP\/1.1 200 /);
      await closed;
    });
  });

  /** The response to a request that is sent as it is, once the connection has ended. */
  function raw(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(sideCar.url).port), '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString('latin1')));
      socket.on('end', () => resolve(received));
      socket.on('error', reject);
      socket.write(text);
    });
  }
});

describe('ServerProbe', () => {
  let server: Server | undefined;
  const closing = new Closing();

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });
  afterAll(() => closing.close());

  async function probe(status: number, body: string): Promise<ServerProbe> {
    server = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new ServerProbe(`http://127.0.0.1:${port}`, systemClock, closing);
  }

  it.each([
    [401, '{"code":"token_missing"}', true],
    [401, '<html>', false],
    [200, '{"code":"token_missing"}', false],
    [503, '{"code":"service_unavailable"}', false],
  ])('takes %i %s for %s', async (status, body, able) => {
    expect(await (await probe(status, body)).canAsk()).toBe(able);
  });

  it('is not able to ask a server that is away', async () => {
    const away = await probe(401, '');
    server?.close();
    expect(await away.canAsk()).toBe(false);
  });
});
