import {
  Api,
  call,
  claimsOf,
  newEmail,
  outcomeOf,
  PASSWORD,
  refreshTokenOf,
  wholeOrBegun,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';

const NAME = 'evergreen_refresh_token';
const ORIGIN = 'https://app.example.com';
const PAGE = { origin: ORIGIN, 'x-requested-with': 'XMLHttpRequest' };

/** A browser page of an allowed origin, with one cookie. */
class Page {
  cookie: string | undefined;

  constructor(
    private readonly url: string,
    private readonly headers: Record<string, string> = PAGE,
  ) {}

  async send(
    method: string,
    path: string,
    options: { token?: string; body?: object; cookie?: string } = {},
  ): Promise<ApiResponse<TokenResponse>> {
    const cookie = options.cookie ?? (this.cookie && `${NAME}=${this.cookie}`);
    const isSent = path.startsWith('/api/auth/') && cookie;
    const response = await call<TokenResponse>(method, this.url + path, {
      ...options,
      headers: { ...this.headers, ...(isSent && { cookie }) },
    });
    const set = setCookieOf(response);
    if (set) this.cookie = set.value || undefined;
    return response;
  }

  async signIn(
    email: string,
    options: { remember_me?: boolean } = {},
  ): Promise<ApiResponse<TokenResponse>> {
    return this.send('POST', '/api/auth/login', {
      body: { email, password: PASSWORD, transport: 'cookie', ...options },
    });
  }

  async refresh(): Promise<ApiResponse<TokenResponse>> {
    return this.send('POST', '/api/auth/refresh');
  }
}

/**
 * A browser at a public URL whose path the proxy removes. It sends a cookie only below the cookie's
 * path.
 */
class Browser {
  cookie: { readonly value: string; readonly path: string } | undefined;

  constructor(
    private readonly serverUrl: string,
    private readonly publicUrl: string,
  ) {}

  async send(path: string, body?: object): Promise<ApiResponse<TokenResponse>> {
    const { origin, pathname } = new URL(this.publicUrl);
    const { cookie } = this;
    const isSent = cookie && `${pathname}${path}`.startsWith(`${cookie.path}/`);
    const headers = { ...PAGE, origin, ...(isSent && { cookie: `${NAME}=${cookie.value}` }) };
    const response = await call<TokenResponse>('POST', this.serverUrl + path, { body, headers });
    this.keep(response);
    return response;
  }

  private keep(response: ApiResponse<object>): void {
    const set = setCookieOf(response);
    if (!set) return;
    const path = set.attributes.find((one) => one.startsWith('Path='))?.slice('Path='.length) ?? '';
    if (set.value) this.cookie = { value: set.value, path };
    else if (path === this.cookie?.path) this.cookie = undefined;
  }
}

function setCookieOf({ headers }: ApiResponse<object>) {
  const [line, ...others] = headers.getSetCookie();
  expect(others).toEqual([]);
  if (line === undefined) return undefined;
  const [pair = '', ...attributes] = line.split('; ');
  return { value: pair.slice(NAME.length + 1), attributes: attributes.sort() };
}

describe('the cookie transport', () => {
  let app: TestApp;
  let page: Page;
  let email: string;

  beforeAll(async () => {
    app = await startApp({ env: { CORS_ORIGINS: ORIGIN } });
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    page = new Page(app.url);
    email = (await new Api(app.url).register()).email;
  });

  it('keeps the refresh token out of script, and sends it to the auth routes alone', async () => {
    const response = await page.signIn(email);
    expect(response.body.token_type).toBe('bearer');
    expect(response.body.refresh_token).toBeUndefined();
    expect(wholeOrBegun(2_592_000)).toContain(response.body.refresh_expires_in);
    expect(setCookieOf(response)?.attributes).toEqual([
      'HttpOnly',
      'Path=/api/auth',
      'SameSite=Strict',
    ]);
  });

  it('keeps it out of script from the registration on, where that asks for it', async () => {
    const registration = { email: newEmail(), password: PASSWORD, transport: 'cookie' };
    const response = await page.send('POST', '/api/auth/register', { body: registration });
    expect(response.status).toBe(201);
    expect(response.body.refresh_token).toBeUndefined();
    expect((await page.refresh()).status).toBe(200);
  });

  it('lasts as long as the token where the user asked to be remembered, else until the browser is closed', async () => {
    const remembered = await page.signIn(email, { remember_me: true });
    // A second may pass between the session's beginning and its token.
    expect([2_592_000, 2_591_999]).toContain(remembered.body.refresh_expires_in);
    expect(setCookieOf(remembered)?.attributes).toContain(
      `Max-Age=${remembered.body.refresh_expires_in}`,
    );
    expect(
      setCookieOf(await page.refresh())?.attributes.some((one) => one.startsWith('Max-Age=')),
    ).toBe(true);
    expect(
      setCookieOf(await page.signIn(email, { remember_me: false }))?.attributes.some((one) =>
        one.startsWith('Max-Age='),
      ),
    ).toBe(false);
  });

  it('is Secure outside development', async () => {
    const production = await startApp({
      beside: app,
      env: { NODE_ENV: 'production', CORS_ORIGINS: ORIGIN },
    });
    expect(setCookieOf(await new Page(production.url).signIn(email))?.attributes).toContain(
      'Secure',
    );
    await production.close();
  });

  it('refreshes and logs out by the cookie alone', async () => {
    const { access_token } = (await page.signIn(email)).body;
    const refreshed = await page.refresh();
    expect(outcomeOf(refreshed)).toBe('rotated');
    expect(refreshed.body.refresh_token).toBeUndefined();
    expect((await page.send('POST', '/api/auth/logout')).status).toBe(204);
    expect(page.cookie).toBeUndefined();
    expect((await new Api(app.url).me(access_token)).body.code).toBe('session_revoked');
  });

  it('of a later session ends nothing by a logout that names the one before it', async () => {
    const { session_id } = (await page.signIn(email)).body;
    const { access_token } = (await page.signIn(email)).body;
    const logout = (body: object) => page.send('POST', '/api/auth/logout', { body });
    expect((await logout({ session_id })).status).toBe(204);
    expect(page.cookie).toBeDefined();
    expect((await new Api(app.url).me(access_token)).status).toBe(200);
    expect((await logout({ session_id: 'rubbish' })).body.code).toBe('validation_failed');
    const { sid } = claimsOf(access_token);
    expect((await logout({ session_id: String(sid).toUpperCase() })).status).toBe(204);
    expect(page.cookie).toBeUndefined();
    expect((await new Api(app.url).me(access_token)).body.code).toBe('session_revoked');
  });

  it('is kept to by the session: a change of password and a refresh by body never give the token to script', async () => {
    const { access_token } = (await page.signIn(email)).body;
    const byBody = await page.send('POST', '/api/auth/refresh', {
      body: { refresh_token: page.cookie },
    });
    expect(byBody.body.refresh_token).toBeUndefined();
    expect(setCookieOf(byBody)?.value).toMatch(/^ey/);
    const body = { current_password: PASSWORD, new_password: 'copper-Meadow-58-anchor' };
    const changed = await page.send('POST', '/api/auth/change-password', {
      token: access_token,
      body,
    });
    expect(changed.body.refresh_token).toBeUndefined();
    expect(claimsOf(setCookieOf(changed)?.value ?? '')).toMatchObject({ epoch: 1 });
    expect(outcomeOf(await page.refresh())).toBe('rotated');
  });

  it('judges the first refresh token: in the header, then the body, then the cookie', async () => {
    await page.signIn(email);
    const forged = `${refreshTokenOf(await new Api(app.url).register()).slice(0, -4)}AAAA`;
    for (const position of [{ token: forged }, { body: { refresh_token: forged } }])
      expect((await page.send('POST', '/api/auth/refresh', position)).body.code).toBe(
        'token_invalid',
      );
    expect(outcomeOf(await page.refresh())).toBe('rotated');
  });

  it('passes over what is no refresh token, and takes the cookie', async () => {
    const { access_token: token } = (await page.signIn(email)).body;
    for (const position of [
      { token },
      { token: 'undefined' },
      { token, body: { refresh_token: 'null' } },
      { body: { refresh_token: token } },
    ])
      expect(outcomeOf(await page.send('POST', '/api/auth/refresh', position))).toMatch(
        /^(rotated|replayed)$/,
      );
  });

  it.each([
    ['no origin and no X-Requested-With', {}],
    ['no X-Requested-With', { origin: ORIGIN }],
    ['no origin', { 'x-requested-with': 'fetch' }],
    ['another origin', { ...PAGE, origin: 'https://evil.example' }],
    ['the null origin of a sandboxed frame', { ...PAGE, origin: 'null' }],
  ])('is refused with %s, and nothing changes', async (_what, headers) => {
    await page.signIn(email);
    const foreign = new Page(app.url, headers);
    foreign.cookie = page.cookie;
    for (const response of [
      await foreign.refresh(),
      await foreign.send('POST', '/api/auth/logout'),
      await foreign.signIn(email),
    ]) {
      expect(response.body).toMatchObject({
        status: 403,
        code: 'csrf_failed',
        clear_credentials: false,
      });
      expect(setCookieOf(response)).toBeUndefined();
    }
    expect(outcomeOf(await page.refresh())).toBe('rotated');
  });

  it("is taken from the server's own origin", async () => {
    const own = new Page(app.url, { ...PAGE, origin: app.url });
    expect((await own.signIn(email)).status).toBe(200);
    expect(outcomeOf(await own.refresh())).toBe('rotated');
  });

  describe('behind a proxy', () => {
    let proxied: TestApp;
    const start = async (env: Record<string, string>) =>
      (proxied = await startApp({ beside: app, env: { TRUST_PROXY: '127.0.0.1', ...env } }));
    afterEach(() => proxied.close());

    const signInFrom = (origin: string, forwarded: Record<string, string>) =>
      new Page(proxied.url, { ...PAGE, origin, ...forwarded }).signIn(email);

    it('takes no origin for its own that a client writes into X-Forwarded-Host', async () => {
      await start({});
      const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
      const response = await signInFrom('https://evil.example', forwarded);
      expect(response.body.code).toBe('csrf_failed');
      const own = `https://${new URL(proxied.url).host}`;
      expect((await signInFrom(own, forwarded)).status).toBe(200);
    });

    it('keeps its cookie below the path of PUBLIC_URL, from the sign-in to the logout', async () => {
      await start({ PUBLIC_URL: 'https://example.com/backend' });
      const browser = new Browser(proxied.url, 'https://example.com/backend');
      const body = { email, password: PASSWORD, transport: 'cookie' };
      expect((await browser.send('/api/auth/login', body)).status).toBe(200);
      expect(browser.cookie?.path).toBe('/backend/api/auth');
      expect((await browser.send('/api/auth/refresh')).status).toBe(200);
      expect((await browser.send('/api/auth/logout')).status).toBe(204);
      expect(browser.cookie).toBeUndefined();
    });

    it('takes the origins of PUBLIC_URL for its own, whatever host the proxy asks for', async () => {
      await start({ PUBLIC_URL: 'https://auth.example.com,https://example.com/backend' });
      for (const origin of ['https://auth.example.com', 'https://example.com'])
        expect((await signInFrom(origin, {})).status).toBe(200);
      expect((await signInFrom('https://evil.example', {})).body.code).toBe('csrf_failed');
    });
  });

  it('asks nothing of requests that do not use the cookie', async () => {
    const { refresh_token = '' } = (await new Api(app.url).login(email)).body;
    const plain = new Page(app.url, {});
    expect(
      outcomeOf(
        await plain.send('POST', '/api/auth/refresh', {
          token: refresh_token,
          cookie: `${NAME}=whatever`,
        }),
      ),
    ).toBe('rotated');
  });

  it('works on the canonical paths only', async () => {
    await page.signIn(email);
    for (const path of ['/auth/refresh', '/api/v1/auth/refresh', '/api/refresh']) {
      const response = await call('POST', app.url + path, {
        headers: { ...PAGE, cookie: `${NAME}=${page.cookie}` },
      });
      expect([path, response.body.code]).toEqual([path, 'token_missing']);
    }
  });

  describe('is cleared', () => {
    const sign = async () => (await page.signIn(email)).body;

    it('by logout with the access token, by logout-all, and by the deletion of the current session', async () => {
      for (const end of [
        (token: string) => page.send('POST', '/api/auth/logout', { token }),
        (token: string) => page.send('POST', '/api/auth/logout-all', { token }),
        async (token: string) =>
          page.send('DELETE', `/api/sessions/${claimsOf(token).sid as string}`, { token }),
        async (token: string) =>
          page.send('DELETE', `/api/sessions/${String(claimsOf(token).sid).toUpperCase()}`, {
            token,
          }),
      ]) {
        const { access_token } = await sign();
        expect(setCookieOf(await end(access_token))?.value).toBe('');
      }
    });

    it('by an error that says clear_credentials', async () => {
      const { access_token } = await sign();
      const stale = page.cookie;
      await new Api(app.url).logout(access_token);
      const response = await page.refresh();
      expect([response.body.clear_credentials, setCookieOf(response)?.value]).toEqual([true, '']);
      page.cookie = stale;
      expect(
        setCookieOf(await page.send('GET', '/api/auth/verify', { token: access_token }))?.value,
      ).toBe('');
    });

    it('never by another error, and never that of another session', async () => {
      const other = await new Api(app.url).login(email);
      await sign();
      const responses = [
        await page.send('GET', '/api/auth/verify', { token: 'nonsense' }),
        await page.send('GET', '/api/auth/verify'),
        await page.send('POST', '/api/auth/logout', { token: other.body.access_token }),
        await page.send('GET', '/api/auth/verify', { token: other.body.access_token }),
        await page.send('POST', '/api/auth/refresh', { token: refreshTokenOf(other.body) }),
      ];
      expect(responses.map(({ status }) => status)).toEqual([401, 401, 204, 401, 401]);
      for (const response of responses) expect(setCookieOf(response)).toBeUndefined();
      expect(outcomeOf(await page.refresh())).toBe('rotated');
    });
  });

  it('survives others of the same name: left by an older release, ended, or planted by a sibling domain', async () => {
    await page.signIn(email);
    const ended = page.cookie ?? '';
    await new Api(app.url).logout(ended);
    app.clock.advance({ seconds: 2 });
    await page.signIn(email);
    for (const planted of [ended, 'nonsense', `${ended.slice(0, -4)}AAAA`, '']) {
      const response = await page.send('POST', '/api/auth/refresh', {
        cookie: `a=b; ${NAME}=${planted}; ${NAME}=${page.cookie}; c`,
      });
      expect([planted, outcomeOf(response)]).toEqual([planted, 'rotated']);
    }
  });

  describe('beside a newer cookie that somebody on a sibling domain has planted', () => {
    const both = (planted: Page) => `${NAME}=${planted.cookie}; ${NAME}=${page.cookie}`;
    let planted: Page;
    let accessToken: string;

    beforeEach(async () => {
      accessToken = (await page.signIn(email)).body.access_token;
      app.clock.advance({ seconds: 2 });
      const attacker = await new Api(app.url).register();
      planted = new Page(app.url);
      await planted.signIn(attacker.email);
    });

    it.each(['/api/auth/refresh', '/api/auth/logout'])(
      '%s is refused, and nothing is lost',
      async (path) => {
        const response = await page.send('POST', path, { cookie: both(planted) });
        expect(response).toMatchObject({
          status: 400,
          body: { code: 'cookies_ambiguous', clear_credentials: false },
        });
        expect(response.headers.getSetCookie()).toEqual([]);
        expect(outcomeOf(await page.refresh())).toBe('rotated');
        expect(outcomeOf(await planted.refresh())).toBe('rotated');
      },
    );

    it("refreshes the session that the page's access token names, be it expired", async () => {
      const { session_id } = (await page.refresh()).body;
      app.clock.advance({ hours: 9 });
      const response = await page.send('POST', '/api/auth/refresh', {
        token: accessToken,
        cookie: both(planted),
      });
      expect(response.body.session_id).toBe(session_id);
    });

    it("ends the session that the page's access token names", async () => {
      await page.send('POST', '/api/auth/logout', { token: accessToken, cookie: both(planted) });
      expect(outcomeOf(await planted.refresh())).toBe('rotated');
    });
  });
});
