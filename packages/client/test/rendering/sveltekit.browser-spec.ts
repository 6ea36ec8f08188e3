import type { Page } from 'playwright-core';
import { call, newEmail, PASSWORD } from '../../../../test/support/api.js';
import { startApp, type TestApp } from '../../../../test/support/app.js';
import { type Chromium, closeTabs, startChromium } from '../browser/support/chromium.js';
import { type Pages, startSveltePages } from './support/svelte-pages.js';

const COOKIE = '__Host-evergreen_access';

describe('pages of SvelteKit in a browser', () => {
  let app: TestApp;
  let pages: Pages;
  let chromium: Chromium;
  let email: string;

  beforeAll(async () => {
    app = await startApp();
    pages = await startSveltePages(app.url);
    chromium = await startChromium();
  });

  beforeEach(async () => {
    email = newEmail();
    await call('POST', `${app.url}/api/auth/register`, { body: { email, password: PASSWORD } });
  });

  afterEach(async () => {
    await closeTabs(chromium.tabs);
    await chromium.tabs.clearCookies();
  });

  afterAll(async () => {
    await chromium?.close();
    await pages?.stop();
    await app?.close();
  });

  /** A page, what is there before any script has run, and what the browser complains of. */
  async function open(): Promise<{ page: Page; html: string; complaints: string[] }> {
    const page = await chromium.tabs.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
    });
    const { html } = await goTo(page);
    return { page, html, complaints };
  }

  async function goTo(page: Page): Promise<{ html: string }> {
    const response = await page.goto(pages.url);
    return { html: /<p id="session">(.*?)<\/p>/.exec((await response?.text()) ?? '')?.[1] ?? '' };
  }

  const shows = (page: Page, text: string) => page.locator('#session', { hasText: text }).waitFor();

  /** The fields are of use once the page's script has run. */
  async function signIn(page: Page): Promise<void> {
    await shows(page, 'Please sign in');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByText('Sign in', { exact: true }).click();
    await shows(page, email);
    await page.waitForFunction((name) => document.cookie.includes(`${name}=ey`), COOKIE);
  }

  async function signOut(page: Page): Promise<void> {
    await page.getByText('Sign out', { exact: true }).click();
    await shows(page, 'Please sign in');
  }

  it('know at the first paint who has signed in, and that they have signed out', async () => {
    const { page, html, complaints } = await open();
    expect(html).toBe('One moment');
    await signIn(page);
    expect((await goTo(page)).html).toBe(`Welcome back, ${email}`);
    await shows(page, email);
    await signOut(page);
    expect((await goTo(page)).html).toBe('Please sign in');
    await shows(page, 'Please sign in');
    expect(complaints).toEqual([]);
  });

  it('are corrected by the client where the cookie is gone and the session is not', async () => {
    const { page, complaints } = await open();
    await signIn(page);
    await chromium.tabs.clearCookies();
    expect((await goTo(page)).html).toBe('One moment');
    await shows(page, email);
    await page.waitForFunction((name) => document.cookie.includes(`${name}=ey`), COOKIE);
    await signOut(page);
    expect(complaints).toEqual([]);
  });

  it('know of a session that was ended elsewhere before the client does', async () => {
    const { page } = await open();
    await signIn(page);
    const token = (await cookies()).find(({ name }) => name === COOKIE)!.value;
    await call('POST', `${app.url}/api/auth/logout`, { token });
    expect((await goTo(page)).html).toBe('Please sign in');
    await shows(page, 'Please sign in');
  });

  it('have a cookie that ends with the browser, and goes to this host alone', async () => {
    const { page } = await open();
    await signIn(page);
    expect((await cookies()).filter(({ name }) => name === COOKIE)).toEqual([
      expect.objectContaining({ secure: true, sameSite: 'Lax', path: '/', expires: -1 }),
    ]);
    await signOut(page);
  });

  const cookies = () => chromium.tabs.cookies(pages.url.replace('http:', 'https:'));
});
