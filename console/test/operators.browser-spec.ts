import type { Page } from 'playwright-core';
import { Api } from '../../test/support/api.js';
import { lastMail, UNDELIVERED } from '../../test/support/mails.js';
import { DEVICE_KINDS, signIn, useConsole } from './support/console.js';
import { HOSTILE_TEXTS, isWithinWidth } from './support/hostile-texts.js';

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b02463f9a1c5e7b2d4806a9c8e1f35d7b0246';

const world = useConsole({ ...UNDELIVERED, ADMIN_TOKEN });

async function enter(page: Page, token: string): Promise<void> {
  await page.getByLabel('ADMIN_TOKEN').fill(token);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function find(page: Page, user: string): Promise<void> {
  await page.getByLabel('Email address or id of a user').fill(user);
  await page.getByRole('button', { name: 'Find' }).click();
}

/** Presses a button that asks first, and confirms it. */
async function confirm(page: Page, button: string | RegExp, confirmation: string): Promise<void> {
  await page.getByRole('button', { name: button }).first().click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: confirmation, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

const says = (page: Page, text: string) => page.getByText(text).waitFor();

describe.each(DEVICE_KINDS)('/operators on a %s', (kind) => {
  it('goes from a wrong token to a user who is barred, and let in again', async () => {
    const person = await world.signUp();
    const { page: there } = await world.openSignedInDevice(kind, person);
    await there.goto(`${world.url}/devices`);
    const { page } = await world.openDevice(kind);
    await page.goto(world.url);
    await page.getByRole('link', { name: 'For operators' }).click();
    await enter(page, 'wrong');
    await says(page, 'This is not the token of this server.');
    await enter(page, ADMIN_TOKEN);
    await find(page, 'nobody@example.com');
    await says(page, 'There is no user with this address or id.');
    await find(page, person.email.toUpperCase());
    await page.getByRole('heading', { name: person.email }).waitFor();

    await confirm(page, 'Bar from signing in', 'Bar from signing in');
    await says(page, 'The user is barred. Sessions that ended: 2.');
    await says(page, 'This user is signed in nowhere.');
    await says(page, 'The account was barred from signing in');
    await says(there, 'You have been signed out.');
    await there.getByLabel('Email address').fill(person.email);
    await there.getByLabel('Password', { exact: true }).fill(person.password);
    await there.getByRole('main').getByRole('button', { name: 'Sign in', exact: true }).click();
    await says(there, 'This email address and password do not belong together.');

    await confirm(page, 'Let in again', 'Let in again');
    await says(page, 'The account may sign in again.');
    await signIn(there, person);
    await there.getByRole('heading', { name: 'Devices' }).waitFor();
  });

  it('ends one session, and all of them', async () => {
    const person = await world.signUp();
    const api = new Api(world.url);
    const ends = [await api.login(person.email), await api.login(person.email)];
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/operators`);
    await enter(page, ADMIN_TOKEN);
    await find(page, person.email);
    await confirm(page, /^End the session of/, 'End');
    await says(page, 'The session has been ended.');
    await confirm(page, 'End all sessions', 'End all sessions');
    await says(page, '2 sessions have been ended.');
    for (const { body } of ends)
      expect((await api.me(body.access_token)).body.code).toBe('session_revoked');
  });

  it('mails a link to set a new password', async () => {
    const person = await world.signUp();
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/operators`);
    await enter(page, ADMIN_TOKEN);
    await find(page, person.email);
    await confirm(page, 'Send a password reset', 'Send it');
    await says(page, 'The user gets an email with a link');
    expect(await lastMail(world.app, person.email, 'reset_password')).toHaveProperty('code');
  });

  it('keeps the token in the memory of the tab alone', async () => {
    const { page, context } = await world.openDevice(kind);
    await page.goto(`${world.url}/operators`);
    await enter(page, ADMIN_TOKEN);
    const search = page.getByLabel('Email address or id of a user');
    await search.waitFor();
    await page.getByRole('link', { name: 'Evergreen' }).click();
    await page.getByRole('link', { name: 'For operators' }).click();
    await search.waitFor();
    const { cookies, origins } = await context.storageState({ indexedDB: true });
    expect(JSON.stringify([cookies, origins])).not.toContain(ADMIN_TOKEN);
    await page.getByRole('button', { name: 'Forget the token' }).click();
    await page.getByLabel('ADMIN_TOKEN').waitFor();
    await enter(page, ADMIN_TOKEN);
    await search.waitFor();
    await page.reload();
    await page.getByLabel('ADMIN_TOKEN').waitFor();
  });

  it('shows hostile names of users and devices as text', async () => {
    const person = await world.signUp();
    const { page } = await world.openDevice(kind);
    for (const text of HOSTILE_TEXTS) {
      await world.app.database.query(`UPDATE users SET first_name = $1 WHERE email = $2`, [
        text,
        person.email,
      ]);
      await world.app.database.query(
        `UPDATE sessions SET device_name = $1 WHERE user_id = (SELECT id FROM users WHERE email = $2)`,
        [text, person.email],
      );
      await page.goto(`${world.url}/operators`);
      await enter(page, ADMIN_TOKEN);
      await find(page, person.email);
      await page.getByText(person.email).waitFor();
      await page.getByRole('main').getByRole('listitem').first().waitFor();
      expect(await isWithinWidth(page)).toBe(true);
      await page.getByRole('button', { name: /^End the session of/ }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    }
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });
});
