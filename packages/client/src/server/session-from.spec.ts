import { createBinding } from '../binding/index.js';
import { type AuthClient, createAuthClient, type Snapshot } from '../core/index.js';
import {
  createFakeClock,
  createFakeKeys,
  createFakeServer,
  type FakeClock,
  type FakeServer,
} from '../testing/index.js';
import { sessionFrom, type SessionFromOptions } from './index.js';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const COOKIE = '__Host-evergreen_access';
const UNKNOWN: Snapshot = { status: 'loading' };
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2lnbmF0dXJl';

describe('sessionFrom', () => {
  let clock: FakeClock;
  let server: FakeServer;
  let asked: Request[];
  let warnings: unknown[][];

  beforeEach(() => {
    clock = createFakeClock();
    server = createFakeServer({ clock });
    server.addUser(ADA);
    asked = [];
    warnings = [];
  });

  function ask(
    headers: Record<string, string>,
    options: Partial<SessionFromOptions> = {},
  ): Promise<Snapshot> {
    const request = new Request('https://www.example.com/', { headers });
    return sessionFrom(request, { ...settings(), ...options });
  }

  function settings(): SessionFromOptions {
    return {
      baseUrl: server.url,
      logger: { warn: (...words) => void warnings.push(words) },
      fetch: async (input, init) => {
        const request = new Request(input, init);
        asked.push(request);
        return server.fetch(request);
      },
    };
  }

  async function signIn(): Promise<{ access: string; refresh: string }> {
    const response = await server.fetch(`${server.url}/api/auth/login`, {
      method: 'POST',
      body: JSON.stringify(ADA),
    });
    const tokens = (await response.json()) as Record<string, string>;
    return { access: tokens.access_token!, refresh: tokens.refresh_token! };
  }

  const withCookie = (value: string, name = COOKIE) => ({
    cookie: `theme=dark; ${name}=${value}; lang=en`,
  });
  const answering = (body: string, status: number) => async () => new Response(body, { status });

  describe('with a good access token', () => {
    it('knows the user and when the token ends, from the cookie', async () => {
      const { access } = await signIn();
      expect(await ask(withCookie(access))).toEqual({
        status: 'authenticated',
        user: expect.objectContaining({ id: server.sessions[0]!.user.id, email: ADA.email }),
        expiresAt: clock.now() + 30 * 60_000,
        binding: 'none',
      });
      expect(warnings).toEqual([]);
    });

    it('knows them from the Authorization header, which comes before the cookie', async () => {
      const { access } = await signIn();
      const headers = { authorization: `Bearer ${access}`, ...withCookie('signed_out') };
      expect(await ask(headers)).toMatchObject({ status: 'authenticated' });
    });

    it('reads the cookie where the header has something else, such as a password', async () => {
      const { access } = await signIn();
      const headers = { authorization: 'Basic YTpi', ...withCookie(access) };
      expect(await ask(headers)).toMatchObject({ status: 'authenticated' });
    });

    it('reads a cookie of the name that the application has chosen', async () => {
      const { access } = await signIn();
      const headers = withCookie(access, 'shop_access');
      expect(await ask(headers, { cookieName: 'shop_access' })).toMatchObject({
        status: 'authenticated',
      });
      expect(await ask(headers)).toEqual(UNKNOWN);
    });

    it("reads the headers of Node's own server, too", async () => {
      const { access } = await signIn();
      for (const headers of [withCookie(access), { authorization: `Bearer ${access}` }]) {
        expect(await sessionFrom({ headers }, settings())).toMatchObject({
          status: 'authenticated',
        });
      }
    });

    it('asks once, the server alone, and follows no redirect', async () => {
      const { access } = await signIn();
      await ask(withCookie(access), { baseUrl: `${server.url}/` });
      expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
        `GET ${server.url}/api/auth/me`,
      ]);
      expect(asked[0]!.redirect).toBe('manual');
      expect(asked[0]!.headers.get('cookie')).toBeNull();
    });
  });

  describe('of a session that is bound to a key', () => {
    let client: AuthClient;

    async function signInBound(): Promise<string> {
      const { fetch } = createBinding({
        store: createFakeKeys(),
        fetch: server.fetch,
        now: clock.now,
      });
      client = createAuthClient({ baseUrl: server.url, fetch, clock, storage: 'memory' });
      await client.login(ADA);
      return client.getAccessToken();
    }

    afterEach(() => client.dispose());

    it('shows the user, and that it is bound', async () => {
      expect(await ask(withCookie(await signInBound()))).toMatchObject({
        status: 'authenticated',
        binding: 'key',
      });
    });

    it('reads the token that comes with the scheme DPoP', async () => {
      const authorization = `DPoP ${await signInBound()}`;
      expect(await ask({ authorization })).toMatchObject({ status: 'authenticated' });
    });

    it('refreshes nothing, however near the end of the token is', async () => {
      const access = await signInBound();
      clock.sleep(26 * 60_000);
      expect(await ask(withCookie(access))).toMatchObject({ status: 'authenticated' });
      clock.sleep(5 * 60_000);
      expect(await ask(withCookie(access))).toEqual(UNKNOWN);
      expect(asked.map(({ url }) => new URL(url).pathname)).toEqual([
        '/api/auth/me',
        '/api/auth/me',
      ]);
      expect(server.refreshes).toEqual([]);
      expect(await client.refreshToken()).toEqual(expect.any(String));
    });

    it('knows nothing where the server wants a proof of every request', async () => {
      server = createFakeServer({ clock, proofOn: 'all' });
      server.addUser(ADA);
      expect(await ask(withCookie(await signInBound()))).toEqual(UNKNOWN);
      expect(server.sessions).toHaveLength(1);
    });
  });

  describe('where nobody is signed in', () => {
    it('says so of a session that the server has ended', async () => {
      const { access } = await signIn();
      server.endSession(server.sessions[0]!.id);
      expect(await ask(withCookie(access))).toEqual({
        status: 'unauthenticated',
        reason: 'revoked',
      });
    });

    it.each(['none', 'signed_out', 'expired', 'revoked', 'reused', 'key_lost'])(
      'takes the word of the cookie for it: %s',
      async (reason) => {
        expect(await ask(withCookie(reason))).toEqual({ status: 'unauthenticated', reason });
        expect(asked).toEqual([]);
      },
    );
  });

  describe('where it cannot know', () => {
    it.each([
      ['no cookie at all', {}],
      ['an empty cookie', withCookie('')],
      ['a word that is no reason', withCookie('constructor')],
      ['what is no token', withCookie('a.b')],
      ['a cookie whose name only begins alike', withCookie(JWT, `${COOKIE}_2`)],
      ['the refresh cookie alone', withCookie(JWT, 'evergreen_refresh_token')],
    ])('says so, and asks nobody: %s', async (_what, headers) => {
      expect(await ask(headers)).toEqual(UNKNOWN);
      expect(asked).toEqual([]);
    });

    it('says so of a token that has expired, since the client may refresh', async () => {
      const { access } = await signIn();
      await clock.advance(60_000);
      server.expireAccessTokens();
      expect(await ask(withCookie(access))).toEqual(UNKNOWN);
      expect(warnings).toEqual([]);
    });

    it('says so of a token that is none of the server', async () => {
      expect(await ask(withCookie(JWT))).toEqual(UNKNOWN);
      expect(warnings).toEqual([]);
    });

    it('says so of a refresh token, and spends none', async () => {
      const { refresh } = await signIn();
      expect(await ask(withCookie(refresh))).toEqual(UNKNOWN);
      expect(await ask({ authorization: `Bearer ${refresh}` })).toEqual(UNKNOWN);
      expect(server.refreshes).toEqual([]);
      expect(server.sessions).toHaveLength(1);
    });

    const clearing = JSON.stringify({ code: 'session_revoked', clear_credentials: true });
    it.each([
      ['a page instead of JSON', answering('<html>Welcome</html>', 200)],
      ['nothing', answering('', 200)],
      ['null', answering('null', 200)],
      ['a user without an address', answering('{"id":"1"}', 200)],
      ['a user with another status', answering('{"id":"1","email":"a@example.com"}', 203)],
      ["a firewall's 401", answering('<html>Sign in</html>', 401)],
      ["a firewall's 403", answering(clearing, 403)],
      ['a 404', answering('{"code":"not_found"}', 404)],
      ['a 429', answering('{"code":"rate_limited"}', 429)],
      ['an outage', answering('{"code":"service_unavailable"}', 503)],
      ['an outage that looks like the end of the session', answering(clearing, 500)],
      ['a redirect', answering('', 302)],
      ['a refused connection', async () => Promise.reject(new TypeError('fetch failed'))],
      [
        'a fetch that throws at once',
        () => {
          throw new TypeError('not implemented');
        },
      ],
    ] as [string, SessionFromOptions['fetch']][])(
      'says so, and tells the log: %s',
      async (_what, fetch) => {
        expect(await ask(withCookie(JWT), { fetch })).toEqual(UNKNOWN);
        expect(warnings).toHaveLength(1);
        expect(JSON.stringify(warnings)).not.toContain(JWT);
      },
    );

    it('says so of a good answer about a token that does not say when it ends', async () => {
      const fetch = answering('{"id":"1","email":"a@example.com"}', 200);
      expect(await ask(withCookie('e30.e30.e30'), { fetch })).toEqual(UNKNOWN);
    });

    describe('for want of an answer', () => {
      beforeEach(() => void jest.useFakeTimers());
      afterEach(() => void jest.useRealTimers());

      it('waits for a second, and lets go of the request then', async () => {
        let signal: AbortSignal | null | undefined;
        let known: Snapshot | undefined;
        const fetch: SessionFromOptions['fetch'] = (_input, init) => {
          signal = init?.signal;
          return new Promise(() => {});
        };
        void ask(withCookie(JWT), { fetch }).then((snapshot) => (known = snapshot));
        await jest.advanceTimersByTimeAsync(999);
        expect([known, signal?.aborted]).toEqual([undefined, false]);
        await jest.advanceTimersByTimeAsync(1);
        expect([known, signal?.aborted]).toEqual([UNKNOWN, true]);
      });

      it('waits as long as it is told, for the body, too', async () => {
        let known: Snapshot | undefined;
        const fetch = async () => new Response(new ReadableStream());
        void ask(withCookie(JWT), { fetch, timeoutMs: 200 }).then((snapshot) => (known = snapshot));
        await jest.advanceTimersByTimeAsync(199);
        expect(known).toBeUndefined();
        await jest.advanceTimersByTimeAsync(1);
        expect(known).toEqual(UNKNOWN);
      });
    });
  });

  it.each(['', 'localhost:8000', '/api', 'ftp://example.com'])(
    'refuses an address that is none, rather than to know nothing for ever: %j',
    async (baseUrl) => {
      await expect(ask({}, { baseUrl })).rejects.toThrow(TypeError);
    },
  );
});
