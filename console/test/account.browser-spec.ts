import type { Page } from 'playwright-core';
import { newEmail } from '../../test/support/api.js';
import { DEVICE_KINDS, heading, press, signIn, useConsole } from './support/console.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';

const world = useConsole();
const sentence = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text);

describe.each(DEVICE_KINDS)('/account on a %s', (kind) => {
  const openAccount = async (person: Awaited<ReturnType<typeof world.signUp>>) => {
    const device = await world.openSignedInDevice(kind, person);
    await device.page.getByRole('link', { name: 'Account' }).click();
    await heading(device.page, 'Account');
    return device;
  };

  it('changes names, and says what is wrong with one', async () => {
    const { page } = await openAccount(await world.signUp({ first_name: 'Ada' }));
    await page.getByLabel('First name').fill('');
    await page.getByLabel('Last name').fill('x'.repeat(101));
    await press(page, 'Save name');
    await sentence(page, 'A name is one line of at most 100 characters.').waitFor();
    await page.getByLabel('Last name').fill('Lovelace');
    await press(page, 'Save name');
    await sentence(page, 'Saved.').waitFor();
    await page.reload();
    expect(await page.getByLabel('Last name').inputValue()).toBe('Lovelace');
    expect(await page.getByLabel('First name').inputValue()).toBe('');
  });

  it('changes the password, which ends the other device', async () => {
    const person = await world.signUp();
    const { page } = await openAccount(person);
    const other = await openAccount(person);
    const form = page.getByRole('region', { name: 'Password' });
    await form.getByLabel('Current password').fill('not-the-Password-1');
    await form.getByLabel('New password').fill(NEW_PASSWORD);
    await press(page, 'Change password');
    await sentence(page, 'The current password is another one').waitFor();
    await form.getByLabel('Current password').fill(person.password);
    await form.getByLabel('New password').fill('password');
    await press(page, 'Change password');
    await sentence(page, 'Please choose another password').waitFor();
    await form.getByLabel('New password').fill(NEW_PASSWORD);
    await press(page, 'Change password');
    await sentence(page, 'Your password is changed.').waitFor();
    expect(await form.getByLabel('New password').inputValue()).toBe('');

    await press(other.page, 'Save name');
    await sentence(other.page, 'You have been signed out.').waitFor();
    await signIn(other.page, { ...person, password: NEW_PASSWORD });
    await heading(other.page, 'Account');
  });

  it('changes the address by the code of the mail to it', async () => {
    const person = await world.signUp();
    const email = newEmail();
    const { page } = await openAccount(person);
    await page.getByText('Change the address').click();
    const form = page.getByRole('region', { name: 'Email address' });
    await form.getByLabel('New email address').fill('no address');
    await form.getByLabel('Current password').fill('not-the-Password-1');
    await press(page, 'Send an email to the new address');
    await sentence(page, /such as name@example.com/).waitFor();
    await form.getByLabel('New email address').fill(email);
    await press(page, 'Send an email to the new address');
    await sentence(page, 'The current password is another one').waitFor();
    await form.getByLabel('Current password').fill(person.password);
    await press(page, 'Send an email to the new address');
    await sentence(page, 'We have sent an email to').waitFor();
    const { code } = await world.newestMail(email, 'verify_new_address');
    await form.getByLabel('Code from the email').fill(code);
    await press(page, 'Confirm the new address');
    await form.locator('strong').getByText(email).waitFor();
    await form.getByText('Confirmed', { exact: true }).waitFor();
  });

  it('confirms the address by the code of another mail', async () => {
    const person = await world.signUp();
    const { page } = await openAccount(person);
    await sentence(page, 'Not confirmed yet').waitFor();
    await page.getByLabel('Code from the email').fill('00000000');
    await press(page, 'Confirm');
    await sentence(page, /Please enter the code from the newest email/).waitFor();
    await press(page, 'Send another email');
    await sentence(page, 'Another email is on its way.').waitFor();
    const { code } = await world.newestMail(person.email, 'verify_address');
    await page.getByLabel('Code from the email').fill(code);
    await press(page, 'Confirm');
    await sentence(page, 'Confirmed').waitFor();
  });

  it('signs out here', async () => {
    const { page } = await openAccount(await world.signUp());
    await press(page, 'Sign out on this device');
    await sentence(page, 'You have signed out.').waitFor();
  });

  it('signs out everywhere, after asking', async () => {
    const person = await world.signUp();
    const { page } = await openAccount(person);
    const other = await openAccount(person);
    await press(page, 'Sign out everywhere');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await press(page, 'Sign out everywhere');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('Every session ends').waitFor();
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await sentence(page, 'You have signed out.').waitFor();

    await press(other.page, 'Save name');
    await sentence(other.page, 'You have been signed out.').waitFor();
  });

  it('stays, and says so, where the server cannot be told to sign out everywhere', async () => {
    const { page, context } = await openAccount(await world.signUp());
    await context.setOffline(true);
    await press(page, 'Sign out everywhere');
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await dialog
      .getByRole('alert')
      .getByText(/connection/)
      .waitFor();
    await context.setOffline(false);
    await dialog.getByRole('button', { name: 'Sign out everywhere' }).click();
    await sentence(page, 'You have signed out.').waitFor();
  });
});
