import type { Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../../test/support/api.js';
import { DEVICE_KINDS, heading, press, signIn, useConsole } from './support/console.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';

const world = useConsole();
const sentence = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text);

describe.each(DEVICE_KINDS)('mailed links on a %s', (kind) => {
  const askForReset = async (page: Page, email: string) => {
    await page.goto(`${world.url}/sign-in`);
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await page.getByLabel('Email address').fill(email);
    await press(page, 'Send the link');
    await heading(page, 'Look into your mailbox');
    await page.getByRole('link', { name: 'Open the mailbox of this server' }).waitFor();
    return world.newestMail(email, 'reset_password');
  };

  describe('/reset-password', () => {
    it('sets a new password by the link, in the browser that asked', async () => {
      const person = await world.signUp();
      const { page } = await world.openDevice(kind);
      const { link } = await askForReset(page, person.email);
      await page.goto(link);
      await heading(page, 'Set a new password');
      expect(page.url()).toBe(`${world.url}/reset-password`);
      await page.getByLabel('New password').fill('password');
      await press(page, 'Set password');
      await sentence(page, 'Please choose another password').waitFor();
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await press(page, 'Set password');
      await heading(page, 'Your new password is set');
      await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
      await signIn(page, { ...person, password: NEW_PASSWORD });

      await page.goto(link);
      await page.getByLabel('New password').fill(PASSWORD);
      await press(page, 'Set password');
      await page.getByRole('alert').getByText('This link does not work any more.').waitFor();
    });

    it('needs the code in another browser, and ends the sessions', async () => {
      const person = await world.signUp();
      const signedIn = await world.openSignedInDevice(kind, person);
      await signedIn.page.getByRole('link', { name: 'Account' }).click();
      const asking = await world.openDevice(kind);
      const { link, code } = await askForReset(asking.page, person.email);
      const { page } = await world.openDevice(kind);
      await page.goto(link);
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await press(page, 'Set password');
      await sentence(page, /Please enter the code from the newest email/).waitFor();
      await page.getByLabel('Code from the email').fill('00000000');
      await press(page, 'Set password');
      await page.locator('[name=code][aria-invalid=true]').waitFor();
      await page.getByLabel('Code from the email').fill(code);
      await press(page, 'Set password');
      await heading(page, 'Your new password is set');

      await press(signedIn.page, 'Save name');
      await sentence(signedIn.page, 'You have been signed out.').waitFor();
    });

    it('sets it by the address and the code, without a link', async () => {
      const person = await world.signUp();
      const { page } = await world.openDevice(kind);
      const { code } = await askForReset(page, person.email);
      await page.getByRole('link', { name: 'Enter the code instead' }).click();
      await page.getByLabel('Email address').fill(person.email);
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await press(page, 'Set password');
      await sentence(page, 'Please fill this in.').waitFor();
      await page.getByLabel('Code from the email').fill(code);
      await press(page, 'Set password');
      await heading(page, 'Your new password is set');
    });
  });

  describe('/verify-email', () => {
    const signUp = async () => {
      const email = newEmail();
      const device = await world.openDevice(kind);
      await device.page.goto(`${world.url}/sign-up`);
      await device.page.getByLabel('Email address').fill(email);
      await device.page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await press(device.page, 'Create account');
      await heading(device.page, `Hello, ${email}`);
      const mail = await world.newestMail(email, 'verify_address');
      return { ...device, person: { email, password: PASSWORD }, mail };
    };

    it('confirms the address only when a button is pressed', async () => {
      const { page, mail } = await signUp();
      await sentence(page, 'Your email address is not confirmed yet.').waitFor();
      await page.goto(mail.link);
      await heading(page, 'Confirm your address');
      expect(page.url()).toBe(`${world.url}/verify-email`);
      await press(page, 'Confirm');
      await heading(page, 'Your address is confirmed');
      await page.getByRole('link', { name: 'Go to the overview' }).click();
      await sentence(page, 'This session').waitFor();
      expect(await sentence(page, 'not confirmed yet').count()).toBe(0);
    });

    it('lets the user sign in first in another browser, and keeps the password', async () => {
      const { person, mail } = await signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(mail.link);
      await press(page, 'Confirm');
      await heading(page, 'Is it your account?');
      await page.getByRole('link', { name: 'Sign in and confirm' }).click();
      await signIn(page, person);
      await heading(page, 'Confirm your address');
      await press(page, 'Confirm');
      await heading(page, 'Your address is confirmed');
      await sentence(page, 'There is nothing else to do.').waitFor();
    });

    it('takes the code without signing in, and says what that means', async () => {
      const { mail, person, page: registered } = await signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(mail.link);
      await press(page, 'Confirm');
      await sentence(page, /its password is removed/).waitFor();
      await press(page, 'Enter the code without signing in');
      await page.getByLabel('Code from the email').fill(mail.code);
      await press(page, 'Confirm');
      await sentence(page, /set a new password with it first/).waitFor();
      await world.newestMail(person.email, 'reset_password');
      await registered.getByRole('link', { name: 'Account' }).click();
      await press(registered, 'Save name');
      await sentence(registered, 'You have been signed out.').waitFor();
    });

    it('takes the code of a user who is signed in, without a link', async () => {
      const { page, mail } = await signUp();
      await page.goto(`${world.url}/verify-email`);
      await page.getByLabel('Code from the email').fill(mail.code);
      await press(page, 'Confirm');
      await heading(page, 'Your address is confirmed');
    });

    it('says that a link works no more', async () => {
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/verify-email#token=unknown`);
      await press(page, 'Confirm');
      await page.getByRole('alert').getByText('This link does not work any more.').waitFor();
    });

    it('takes the link of another mail in a tab that shows the page already', async () => {
      const { page, mail } = await signUp();
      await page.goto(`${world.url}/verify-email#token=unknown`);
      await press(page, 'Confirm');
      await page.getByRole('alert').waitFor();
      await page.evaluate((link) => {
        location.href = link;
      }, mail.link);
      await page.waitForURL(`${world.url}/verify-email`);
      await press(page, 'Confirm');
      await heading(page, 'Your address is confirmed');
    });
  });

  describe('/undo-email-change', () => {
    it('restores the old address, and signs everybody out', async () => {
      const person = await world.signUp();
      const { page } = await world.openSignedInDevice(kind, person);
      const proof = await world.newestMail(person.email, 'verify_address');
      await page.goto(proof.link);
      await press(page, 'Confirm');
      await heading(page, 'Your address is confirmed');

      await page.goto(`${world.url}/account`);
      await page.getByText('Change the address').click();
      const form = page.getByRole('region', { name: 'Email address' });
      await form.getByLabel('New email address').fill(newEmail());
      await form.getByLabel('Current password').fill(person.password);
      await press(page, 'Send an email to the new address');
      await sentence(page, 'We have sent an email to').waitFor();
      const undo = await world.newestMail(person.email, 'address_change_requested');

      const owner = await world.openDevice(kind);
      await owner.page.goto(undo.link);
      await heading(owner.page, 'Restore your old address');
      expect(owner.page.url()).toBe(`${world.url}/undo-email-change`);
      await press(owner.page, 'Restore the address');
      await sentence(owner.page, /Please enter the code from the newest email/).waitFor();
      await owner.page.getByLabel('Code from the email').fill(undo.code);
      await press(owner.page, 'Restore the address');
      await heading(owner.page, 'Your old address is back');
      await world.newestMail(person.email, 'reset_password');

      await press(page, 'Save name');
      await sentence(page, 'You have been signed out.').waitFor();
    });

    it('says what to do without a link', async () => {
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/undo-email-change`);
      await sentence(page, 'Open the link in the email about the change.').waitFor();
    });
  });
});
