import { readFileSync } from 'node:fs';
import type { AccountExport } from '@evergreen-auth/client/account';
import { Api } from '../../test/support/api.js';
import { UNDELIVERED, lastMail } from '../../test/support/mails.js';
import { DEVICE_KINDS, heading, press, signIn, useConsole } from './support/console.js';

const world = useConsole(UNDELIVERED);

describe.each(DEVICE_KINDS)('the end of /account on a %s', (kind) => {
  it('has no other ways to sign in where the server has no login providers', async () => {
    const { page } = await world.openSignedInDevice(kind, await world.signUp());
    await page.goto(`${world.url}/account`);
    await heading(page, 'Account');
    expect(await page.getByText('Other ways to sign in').count()).toBe(0);
  });

  it('saves everything that is kept about the user as a file', async () => {
    const person = await world.signUp({ first_name: 'Zoë' });
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/account`);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      press(page, 'Download my data'),
    ]);
    expect(download.suggestedFilename()).toMatch(/^evergreen-\d{4}-\d\d-\d\d\.json$/);
    const data = JSON.parse(readFileSync(await download.path(), 'utf8')) as AccountExport;
    expect(data).toMatchObject({ user: { email: person.email, first_name: 'Zoë' } });
    await page.getByText('Your browser has saved the file.').waitFor();
  });

  it('says when it was downloaded too often', async () => {
    const person = await world.signUp();
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/account`);
    for (let count = 1; count <= 5; count++) {
      const downloaded = page.waitForEvent('download');
      await press(page, 'Download my data');
      await downloaded;
    }
    await press(page, 'Download my data');
    await page.getByText('There were many attempts just now.').waitFor();
  });

  it('deletes the account, says so on the page to sign in, and signs out elsewhere', async () => {
    const person = await world.signUp();
    const { page: there } = await world.openSignedInDevice(kind, person);
    await there.goto(`${world.url}/devices`);
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/account`);
    await press(page, 'Delete my account');
    const dialog = page.getByRole('alertdialog', { name: 'Delete your account for good?' });
    await dialog.getByText('the list of your activity').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await press(page, 'Delete my account');
    await dialog.getByLabel('Current password').fill('another one');
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await dialog.getByText('The current password is another one').waitFor();
    await dialog.getByLabel('Current password').fill(person.password);
    await dialog.getByRole('button', { name: 'Delete for good' }).click();
    await page.getByText('Your account has been deleted').waitFor();
    await heading(page, 'Sign in');
    await there.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect((await new Api(world.url).login(person.email)).body.code).toBe('invalid_credentials');
    expect(await lastMail(world.app, person.email, 'account_deleted')).toBeDefined();

    const other = await world.signUp();
    await signIn(page, other);
    await page.goto(`${world.url}/account`);
    await press(page, 'Sign out on this device');
    await heading(page, 'Sign in');
    expect(await page.getByText('Your account has been deleted').count()).toBe(0);
  });
});
