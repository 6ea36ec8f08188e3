import type { BrowserContext, Page } from 'playwright-core';
import { call } from '../../test/support/api.js';
import { DEVICE_KINDS, heading, press, signIn, useConsole } from './support/console.js';

const world = useConsole({
  TRUST_PROXY: '127.0.0.1',
  NETWORK_CHANGE_ACTION: 'reauthenticate',
});
const brief = useConsole({ SHORT_SESSION_EXPIRE_HOURS: '0.05' });

const sentence = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text);
const bar = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text);

describe.each(DEVICE_KINDS)('a session, on a %s', (kind) => {
  const openAccount = async () => {
    const person = await world.signUp();
    const device = await world.openDevice(kind, {
      extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.9' },
    });
    await device.page.clock.install();
    await device.page.goto(`${world.url}/account`);
    await heading(device.page, 'Sign in');
    await signIn(device.page, person);
    await heading(device.page, 'Account');
    return { ...device, person };
  };
  /** For the server and for this page. */
  const letPass = async (page: Page, hours: number) => {
    world.app.clock.advance({ hours });
    await page.clock.fastForward(hours * 3_600_000);
  };

  it('that has expired says so, and goes on with the same page', async () => {
    const { page, person } = await openAccount();
    await letPass(page, 100 * 24);
    await sentence(page, 'You have been away for a while.').waitFor();
    await signIn(page, person);
    await heading(page, 'Account');
    expect(new URL(page.url()).pathname).toBe('/account');
  });

  it('that two have used says that it was ended for safety', async () => {
    const { page, context } = await openAccount();
    const refresh = async (token: string) => {
      const { headers } = await call('POST', `${world.url}/api/auth/refresh`, {
        token,
        headers: { 'x-forwarded-for': '203.0.113.9' },
      });
      return /=([^;]+)/.exec(headers.getSetCookie()[0]!)![1]!;
    };
    await refresh(await refresh(await refreshCookie(context, world.url)));
    world.app.clock.advance({ minutes: 1 });
    await page.reload();
    await sentence(page, 'To keep your account safe, you were signed out.').waitFor();
  });

  it('that was signed out in one tab says so in the other', async () => {
    const { page, context } = await openAccount();
    const other = await context.newPage();
    await other.goto(`${world.url}/account`);
    await heading(other, 'Account');
    await press(other, 'Sign out on this device');
    await sentence(page, 'You have signed out.').waitFor();
  });

  it('that was ended elsewhere says so on the start page, too', async () => {
    const { page, person } = await openAccount();
    const { body } = await call<{ access_token: string }>('POST', `${world.url}/api/auth/login`, {
      body: person,
    });
    await page.getByRole('link', { name: 'Evergreen' }).click();
    await sentence(page, 'This session').waitFor();
    await call('POST', `${world.url}/api/auth/logout-all`, { token: body.access_token });
    await sentence(page, 'You have been signed out.').waitFor();
    await heading(page, 'Nobody is signed out without a reason');
  });

  it('that is used in another network asks for the password, and goes on', async () => {
    const { page, context, person } = await openAccount();
    await context.setExtraHTTPHeaders({ 'x-forwarded-for': '198.51.100.7' });
    await letPass(page, 9);
    await sentence(page, 'Please confirm that it is you.').waitFor();
    await signIn(page, person);
    await heading(page, 'Account');
  });

  it('without a connection says so, and loses nothing', async () => {
    const { page, context } = await openAccount();
    await page.getByLabel('First name').fill('Ada');
    await context.setOffline(true);
    await bar(page, 'You are offline. Nothing is lost.').waitFor();
    await press(page, 'Save name');
    await sentence(page, /There is no connection right now/).waitFor();
    await context.setOffline(false);
    await bar(page, 'You are offline.').waitFor({ state: 'detached' });
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');
    await press(page, 'Save name');
    await sentence(page, 'Saved.').waitFor();
  });

  it.each([
    [503, 'service_unavailable', 'The server cannot be reached. You stay signed in.'],
    [429, 'rate_limited', 'There was a lot to do just now. You stay signed in.'],
  ])('that cannot be refreshed (%s) says so, and goes on', async (status, code, text) => {
    const { page } = await openAccount();
    await page.route('**/api/auth/refresh', (route) =>
      route.fulfill({
        status,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '1' },
        body: JSON.stringify({ code }),
      }),
    );
    await page.getByLabel('First name').fill('Ada');
    await letPass(page, 9);
    await bar(page, text).waitFor();
    await page.unroute('**/api/auth/refresh');
    await page.clock.fastForward(60_000);
    await bar(page, text).waitFor({ state: 'detached' });
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');
    await press(page, 'Save name');
    await sentence(page, 'Saved.').waitFor();
  });
});

describe.each(DEVICE_KINDS)('a session of three minutes, on a %s', (kind) => {
  it('says that it ends soon, and leads back to the page after another sign-in', async () => {
    const person = await brief.signUp();
    const { page } = await brief.openSignedInDevice(kind, person);
    await page.getByRole('link', { name: 'Account' }).click();
    await bar(page, /This session ends at \d/).waitFor();
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await sentence(page, 'You are signed in as').waitFor();
    await page.getByLabel('Keep me signed in').check();
    await signIn(page, person);
    await heading(page, 'Account');
    await bar(page, 'This session ends at').waitFor({ state: 'detached' });
  });
});

async function refreshCookie(context: BrowserContext, url: string): Promise<string> {
  const [cookie] = await context.cookies(`${url}/api/auth/refresh`);
  return cookie!.value;
}
