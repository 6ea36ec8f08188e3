import { call, newEmail, PASSWORD } from '../../../../test/support/api.js';
import { startApp, type TestApp } from '../../../../test/support/app.js';
import type { TokenResponse } from '../../../../src/auth/auth.dto.js';
import { type Pages, startSveltePages } from './support/svelte-pages.js';

describe('a page that SvelteKit renders', () => {
  let app: TestApp;
  let pages: Pages;
  let isAway = false;

  beforeAll(async () => {
    app = await startApp();
    pages = await startSveltePages(app.url);
  });

  afterAll(async () => {
    await pages?.stop();
    if (!isAway) await app?.close();
  });

  async function register(): Promise<TokenResponse> {
    const body = { email: newEmail(), password: PASSWORD };
    return (await call<TokenResponse>('POST', `${app.url}/api/auth/register`, { body })).body;
  }

  /** What somebody sees before any script has run. */
  async function firstPaint(cookie?: string): Promise<string | undefined> {
    const headers = cookie ? { cookie: `__Host-evergreen_access=${cookie}` } : undefined;
    const page = await fetch(pages.url, { headers });
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    return /<p id="session">(.*?)<\/p>/.exec(await page.text())?.[1];
  }

  it('names who is signed in', async () => {
    const { access_token, user } = await register();
    expect(await firstPaint(access_token)).toBe(`Welcome back, ${user.email}`);
  });

  it('knows nothing of a visitor without a cookie, also after others have been there', async () => {
    await firstPaint((await register()).access_token);
    expect(await firstPaint()).toBe('One moment');
  });

  it('does not wait for the client where somebody has signed out', async () => {
    expect(await firstPaint('signed_out')).toBe('Please sign in');
  });

  it('does not believe a token whose session has ended', async () => {
    const { access_token: token } = await register();
    await call('POST', `${app.url}/api/auth/logout`, { token });
    expect(await firstPaint(token)).toBe('Please sign in');
  });

  it('leaves it to the client where a token has expired', async () => {
    const { access_token, expires_in } = await register();
    app.clock.advance({ seconds: expires_in + 60 });
    expect(await firstPaint(access_token)).toBe('One moment');
  });

  it('takes a refresh token for nothing, and leaves it as it is', async () => {
    const { refresh_token: token } = await register();
    expect(await firstPaint(token)).toBe('One moment');
    const { headers } = await call('POST', `${app.url}/api/auth/refresh`, { token });
    expect(headers.get('x-refresh-outcome')).toBe('rotated');
  });

  it('takes an outage of the server for no sign-out', async () => {
    const { access_token } = await register();
    await app.close();
    isAway = true;
    expect(await firstPaint(access_token)).toBe('One moment');
    expect(await firstPaint('signed_out')).toBe('Please sign in');
    expect(pages.log).toContain('The server did not say who is signed in.');
    expect(pages.log).not.toContain(access_token);
  });
});
