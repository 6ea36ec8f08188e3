import type { Page } from 'playwright-core';
import { Api, PASSWORD } from '../../test/support/api.js';
import { BoundClient } from '../../test/support/bound-client.js';
import { HOSTILE_TEXTS, isWithinWidth } from './support/hostile-texts.js';
import { DEVICE_KINDS, type Device, type Person, useConsole } from './support/console.js';

const world = useConsole();

/** Signs in by the API, as a program would. */
async function signInElsewhere({ email }: Person): Promise<{ end: () => Promise<unknown> }> {
  const api = new Api(world.url);
  const { body } = await api.login(email, { password: PASSWORD });
  return { end: () => api.logout(body.access_token) };
}

const rowsOf = (page: Page) => page.getByRole('main').getByRole('listitem');

/** Resolves once there are so many devices in the list. */
async function waitForRows(page: Page, count: number): Promise<void> {
  if (count > 0)
    await rowsOf(page)
      .nth(count - 1)
      .waitFor();
  await rowsOf(page).nth(count).waitFor({ state: 'detached' });
}

/** A tab that is loaded again has no mark. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => document.body.setAttribute('data-mark', ''));
}
const isMarked = (page: Page) => page.evaluate(() => document.body.hasAttribute('data-mark'));

async function openDevices({ page }: Device, count: number): Promise<void> {
  await page.goto(`${world.url}/devices`);
  await waitForRows(page, count);
  await mark(page);
}

describe.each(DEVICE_KINDS)('/devices on a %s', (kind) => {
  it('ends another device, which is told why, and whose row disappears without a reload', async () => {
    const person = await world.signUp();
    const here = await world.openSignedInDevice(kind, person);
    const there = await world.openSignedInDevice(kind, person);
    await openDevices(here, 3);
    await openDevices(there, 3);
    const { page } = here;
    expect(await rowsOf(page).first().getByText('This device').count()).toBe(1);

    await rowsOf(page)
      .nth(1)
      .getByRole('button', { name: /^End the session of Chrome/ })
      .click();
    await page.getByText('has been signed out.').waitFor();
    await waitForRows(page, 2);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('UL');
    await there.page.getByLabel('Password', { exact: true }).waitFor();
    await there.page.getByText('You have been signed out.').waitFor();
    expect([await isMarked(page), await isMarked(there.page)]).toEqual([true, true]);
  });

  it('shows what begins and ends elsewhere within seconds, and keeps the focus', async () => {
    const person = await world.signUp();
    const { page, ...device } = await world.openSignedInDevice(kind, person);
    await openDevices({ page, ...device }, 2);
    await page.getByRole('button', { name: 'Sign out', exact: true }).focus();
    const elsewhere = await signInElsewhere(person);
    await waitForRows(page, 3);
    await elsewhere.end();
    await waitForRows(page, 2);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Sign out');
    expect(await isMarked(page)).toBe(true);
  });

  it('shows which devices have a session that is bound to a key', async () => {
    const person = await world.signUp();
    const { page, ...device } = await world.openSignedInDevice(kind, person);
    await new BoundClient(world.app).login(person.email);
    await openDevices({ page, ...device }, 3);
    const bound = rowsOf(page).filter({ hasText: 'Bound to its device' });
    expect(await bound.count()).toBe(1);
    expect(await bound.getByText('This device').count()).toBe(0);
    expect(await isWithinWidth(page)).toBe(true);
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await isWithinWidth(page)).toBe(true);
  });

  it('ends all others at once, and says how many', async () => {
    const person = await world.signUp();
    const device = await world.openSignedInDevice(kind, person);
    await signInElsewhere(person);
    await openDevices(device, 3);
    const { page } = device;
    await page.getByRole('button', { name: 'End all other sessions' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'End them' }).click();
    await page.getByText('2 other sessions have been ended.').waitFor();
    await page.getByText('You are signed in nowhere else.').waitFor();
    await waitForRows(page, 1);
  });

  it('asks before it ends the device at hand', async () => {
    const person = await world.signUp();
    const device = await world.openSignedInDevice(kind, person);
    await openDevices(device, 2);
    const { page } = device;
    const signOut = page.getByRole('main').getByRole('button', { name: 'Sign out', exact: true });
    await signOut.click();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await waitForRows(page, 2);
    await signOut.click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByLabel('Password', { exact: true }).waitFor();
  });

  it('keeps the list while the server cannot be asked, and says so', async () => {
    const device = await world.openSignedInDevice(kind, await world.signUp());
    await openDevices(device, 2);
    const { page } = device;
    await page.route('**/api/sessions', (route) => route.fulfill({ status: 500 }));
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await waitForRows(page, 2);
    await page.unroute('**/api/sessions');
    await again.click();
    await again.waitFor({ state: 'detached' });
  });

  it('asks nothing while nobody looks, and at once when somebody does', async () => {
    const device = await world.openSignedInDevice(kind, await world.signUp());
    await openDevices(device, 2);
    const { page } = device;
    const show = (state: 'hidden' | 'visible') =>
      page.evaluate((value) => {
        Object.defineProperty(document, 'visibilityState', { configurable: true, value });
        document.dispatchEvent(new Event('visibilitychange'));
      }, state);
    await show('hidden');
    let count = 0;
    page.on('request', (request) => {
      if (request.url().endsWith('/api/sessions')) count += 1;
    });
    await page.waitForTimeout(4000);
    expect(count).toBe(0);
    const asked = page.waitForRequest('**/api/sessions', { timeout: 1000 });
    await show('visible');
    await asked;
  });

  it('shows hostile names of devices as text', async () => {
    const person = await world.signUp();
    const device = await world.openSignedInDevice(kind, person);
    for (const text of HOSTILE_TEXTS) {
      await world.app.database.query(
        `UPDATE sessions SET device_name = $1 WHERE user_id = (SELECT id FROM users WHERE email = $2)`,
        [text, person.email],
      );
      await openDevices(device, 2);
      expect(await isWithinWidth(device.page)).toBe(true);
      const { height = Infinity } = (await rowsOf(device.page).first().boundingBox()) ?? {};
      expect(height).toBeLessThan(320);
    }
    expect(await device.page.evaluate(() => 'hacked' in window)).toBe(false);
  });
});
