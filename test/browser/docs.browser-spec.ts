import { randomBytes } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import {
  type Chromium,
  closeTabs,
  startChromium,
} from '../../packages/client/test/browser/support/chromium.js';
import { call } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { type ServerProcess, serverEnvironment, startServer } from '../support/server-process.js';
import { signIn } from './support/sign-in.js';
import { visit, WINDOW_NAMES, type WindowName } from './support/visit.js';

const ADMIN_TOKEN = randomBytes(32).toString('hex');

describe('the page at /docs', () => {
  let chromium: Chromium;
  let database: TestDatabase;
  let server: ServerProcess;
  let hosts = 0;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      CONSOLE_ENABLED: 'true',
      ADMIN_TOKEN,
    });
    chromium = await startChromium();
  });
  afterEach(() => closeTabs(chromium.tabs));
  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await database?.drop();
  });

  /** An origin of its own: no cookie and no storage of another test is seen there. */
  const newOrigin = () => server.url.replace('127.0.0.1', `docs-${(hosts += 1)}.localhost`);

  const open = (origin: string, window: WindowName = 'desktop') =>
    visit(chromium.tabs, `${origin}/docs`, window, 'light');

  it.each(WINDOW_NAMES)(
    'tries a route with the session of the console, on a %s',
    async (window) => {
      const origin = newOrigin();
      const email = await signIn(chromium.tabs, origin);
      const { page, faults } = await open(origin, window);
      await page.getByText(email).waitFor();
      expect(await faults()).toEqual([]);
      const me = await opened(page, 'Users', 'getAuthMe');
      expect((await faults()).filter(isNoShift)).toEqual([]);
      const { status, body } = await tried(me);
      expect(status).toBe('200');
      expect(JSON.parse(body)).toMatchObject({ email });
      expect(await me.innerText()).not.toContain('Bearer ey');
      expect((await faults()).filter(isNoShift)).toEqual([]);
    },
  );

  it('offers to sign in at the console, and tries a route without a token', async () => {
    const origin = newOrigin();
    const { page } = await open(origin);
    const link = page.getByRole('link', { name: 'Sign in to try routes' });
    await link.waitFor();
    expect(await link.evaluate((element) => (element as unknown as { href: string }).href)).toBe(
      `${origin}/`,
    );
    const { status, body } = await tried(await opened(page, 'Users', 'getAuthMe'));
    expect([status, (JSON.parse(body) as { code: string }).code]).toEqual(['401', 'token_missing']);
  });

  it('prefers a token that is given by hand', async () => {
    const origin = newOrigin();
    await signIn(chromium.tabs, origin);
    const { page, faults } = await open(origin);
    await page.locator('.controls .authorize').click();
    expect(await faults()).toEqual([]);
    await page.getByRole('button', { name: 'Close' }).first().click();
    await page.getByText('Signed in as').waitFor();
    await authorize(page, 'ADMIN_TOKEN.', ADMIN_TOKEN);
    expect((await tried(await opened(page, 'Admin', 'findUsers'))).status).not.toBe('401');
    await authorize(page, 'An access token.', 'nonsense');
    const { body } = await tried(await opened(page, 'Users', 'getAuthMe'));
    expect(JSON.parse(body)).toMatchObject({ code: 'token_invalid' });
  });

  it('says that nobody is signed in any more after a route has ended the session', async () => {
    const origin = newOrigin();
    await signIn(chromium.tabs, origin);
    const { page } = await open(origin);
    await page.getByText('Signed in as').waitFor();
    expect((await tried(await opened(page, 'Auth', 'logout'))).status).toBe('204');
    await page.getByText('Signed out').waitFor();
  });

  it('uses the session of another tab, which has refreshed it meanwhile', async () => {
    const origin = newOrigin();
    await signIn(chromium.tabs, origin);
    const tabs = await Promise.all([open(origin), open(origin)]);
    for (const { page } of tabs) {
      await page.bringToFront();
      await page.getByText('Signed in as').waitFor();
      expect((await tried(await opened(page, 'Auth', 'verify'))).status).toBe('200');
    }
  });

  it('moves to a route by the list beside the routes, and keeps the theme of the console', async () => {
    const { page } = await open(newOrigin());
    await page.getByRole('navigation').getByText('List my live sessions').click();
    await page.locator('#operations-Sessions-listSessions.is-open').waitFor();
    const isDark = () => page.locator('html.dark-mode').count();
    await page.getByRole('button', { name: 'Colours' }).click();
    expect(await isDark()).toBe(1);
    await page.reload();
    await page.locator('html.dark-mode').waitFor();
  });

  it('has no link to a console that is not there', async () => {
    const without = await startServer(serverEnvironment(database.url));
    const { text } = await call('GET', `${without.url}/docs`);
    await without.stop();
    expect(text).toContain('data-console=""');
  });
});

/** What is opened moves what is below it, on a slow machine later than a browser forgives. */
function isNoShift(fault: string): boolean {
  return !fault.startsWith('layout shift');
}

async function opened(page: Page, group: string, operationId: string): Promise<Locator> {
  const route = page.locator(`#operations-${group}-${operationId}`);
  await route.locator('.opblock-summary-control').click();
  await route.getByRole('button', { name: 'Try it out' }).waitFor();
  return route;
}

async function tried(route: Locator): Promise<{ status: string; body: string }> {
  await route.getByRole('button', { name: 'Try it out' }).click();
  for (const field of await route.locator('.parameters input').all()) await field.fill('x');
  await route.getByRole('button', { name: 'Execute' }).click();
  const response = route.locator('.live-responses-table');
  const status = await response.locator('tbody .response-col_status').first().innerText();
  const body = response.locator('.response-col_description .microlight').first();
  return {
    status: status.trim().slice(0, 3),
    body: (await body.count()) ? await body.innerText() : '',
  };
}

async function authorize(page: Page, description: string, token: string): Promise<void> {
  await page.locator('.controls .authorize').click();
  const form = page.locator('.auth-container').filter({ has: page.getByText(description) });
  await form.getByRole('textbox').fill(token);
  await form.getByRole('button', { name: 'Authorize' }).click();
  await page.getByRole('button', { name: 'Close' }).first().click();
}
