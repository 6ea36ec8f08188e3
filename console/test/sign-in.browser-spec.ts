import type { Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../../test/support/api.js';
import { DEVICE_KINDS, heading, press, signIn, useConsole } from './support/console.js';

const world = useConsole();
const production = useConsole({
  NODE_ENV: 'production',
  CONSOLE_ENABLED: 'true',
  BCRYPT_COST: '10',
});
const sentence = (page: Page, text: string | RegExp) => page.getByRole('main').getByText(text);
const focused = (page: Page) =>
  page.evaluate(
    () => document.activeElement?.getAttribute('name') ?? document.activeElement?.tagName,
  );

describe.each(DEVICE_KINDS)('the console on a %s', (kind) => {
  describe('/', () => {
    it('says to a stranger what this is, and where to go', async () => {
      const { page } = await world.openDevice(kind);
      await page.goto(world.url);
      await heading(page, 'Nobody is signed out without a reason');
      expect(await page.title()).toBe('Nobody is signed out without a reason · Evergreen');
      for (const [name, path] of [
        ['Documentation', '/docs'],
        ['Laboratory', '/lab/'],
        ['Mailbox', '/mailbox'],
      ] as const) {
        const link = page.getByRole('link', { name });
        await link.waitFor();
        expect(await link.getAttribute('href')).toBe(path);
      }
      await page.getByRole('link', { name: 'Create an account' }).click();
      await heading(page, 'Create an account');
      expect(await page.title()).toBe('Create an account · Evergreen');
      expect(await focused(page)).toBe('H1');
    });

    it('shows the session, the devices and what was unusual', async () => {
      const person = await world.signUp({ first_name: 'Ada' });
      const { page } = await world.openSignedInDevice(kind, person);
      await heading(page, 'Hello, Ada');
      await sentence(page, /Chrome on (Linux|Android)/).waitFor();
      await sentence(page, 'Signed in on 2 devices').waitFor();
      await sentence(page, 'A sign-in from a new device').waitFor();
      await sentence(page, 'Your email address is not confirmed yet.').waitFor();
    });
  });

  describe('/sign-in', () => {
    it('signs in, and leads to the start page', async () => {
      const person = await world.signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/sign-in`);
      await signIn(page, person);
      await page.getByText(person.email).waitFor();
      expect(new URL(page.url()).pathname).toBe('/');
    });

    it('remembers who asks for it when the browser is opened again', async () => {
      const person = await world.signUp();
      const { page, context } = await world.openDevice(kind);
      await page.goto(`${world.url}/sign-in`);
      await page.getByLabel('Keep me signed in').check();
      await signIn(page, person);
      const cookies = await context.cookies(`${world.url}/api/auth/refresh`);
      expect(cookies.map(({ expires }) => expires > 0)).toEqual([true]);
      await page.reload();
      await page.getByText(person.email).waitFor();
    });

    it('says what is wrong, and keeps what was typed', async () => {
      const person = await world.signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/sign-in`);
      await press(page, 'Sign in');
      await sentence(page, 'Please fill this in.').first().waitFor();
      expect(await focused(page)).toBe('email');
      await page.getByLabel('Email address').fill('no address');
      await press(page, 'Sign in');
      await sentence(page, /such as name@example.com/).waitFor();
      await page.getByLabel('Email address').fill(person.email);
      await page.getByLabel('Password', { exact: true }).fill('another-Password-1');
      await press(page, 'Sign in');
      await page.getByRole('alert').getByText('do not belong together').waitFor();
      expect(await page.getByLabel('Email address').inputValue()).toBe(person.email);
      await page.getByRole('button', { name: 'Show what is typed' }).click();
      expect(await page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
    });

    it('works with the keyboard alone', async () => {
      const person = await world.signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(world.url);
      await page.getByRole('link', { name: 'Sign in' }).focus();
      await page.keyboard.press('Enter');
      await heading(page, 'Sign in');
      await page.keyboard.press('Tab');
      await page.keyboard.type(person.email);
      await page.keyboard.press('Tab');
      await page.keyboard.type(person.password);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.keyboard.press('Enter');
      await page.getByText(person.email).waitFor();
    });
  });

  describe('/sign-up', () => {
    it('creates an account, and says beside each field what is wrong with it', async () => {
      const email = newEmail();
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/sign-up`);
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('First name').fill('x'.repeat(101));
      await page.getByLabel('Password', { exact: true }).fill('password');
      await press(page, 'Create account');
      await sentence(page, 'A name is one line of at most 100 characters.').waitFor();
      expect(await focused(page)).toBe('first_name');
      await page.getByLabel('First name').fill('Ada');
      await press(page, 'Create account');
      await sentence(page, 'Please choose another password').waitFor();
      expect(await focused(page)).toBe('password');
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await press(page, 'Create account');
      await heading(page, 'Hello, Ada');
    });

    it('says that an address has an account already', async () => {
      const { email } = await world.signUp();
      const { page } = await world.openDevice(kind);
      await page.goto(`${world.url}/sign-up`);
      await page.getByLabel('Email address').fill(email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await press(page, 'Create account');
      await sentence(page, /There is an account with this email address already/).waitFor();
      expect(await focused(page)).toBe('email');
    });

    it('shows a hostile name as text', async () => {
      const person = await world.signUp({ first_name: '<img src=x onerror=alert(1)>' });
      const { page } = await world.openSignedInDevice(kind, person);
      await heading(page, 'Hello, <img src=x onerror=alert(1)>');
      const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement);
      expect(scrollWidth).toBe(clientWidth);
    });
  });

  it('speaks German where the browser does, and changes at once', async () => {
    const { page } = await world.openDevice(kind, { locale: 'de-DE' });
    await page.goto(`${world.url}/sign-in`);
    await heading(page, 'Anmelden');
    expect(await page.getAttribute('html', 'lang')).toBe('de');
    await page.getByLabel('E-Mail-Adresse').fill('nobody@example.com');
    await page.getByLabel('Passwort', { exact: true }).fill('falsch-Passwort-1');
    await press(page, 'Anmelden');
    await page.getByRole('alert').getByText('gehören nicht zusammen').waitFor();
    await page.getByRole('button', { name: 'Einstellungen' }).click();
    await page.getByLabel('English').check();
    await heading(page, 'Sign in');
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    expect(await page.title()).toBe('Sign in · Evergreen');
  });

  it('works in production, without what only development has', async () => {
    const person = await production.signUp();
    const { page } = await production.openDevice(kind);
    await page.goto(production.url);
    await heading(page, 'Nobody is signed out without a reason');
    await page.getByRole('link', { name: 'Documentation' }).waitFor();
    expect(await page.getByRole('link', { name: /Laboratory|Mailbox/ }).count()).toBe(0);
    await page.getByRole('link', { name: 'Sign in' }).click();
    await signIn(page, person);
    await page.reload();
    await heading(page, `Hello, ${person.email}`);
  });

  it('says that a page does not exist', async () => {
    const { page } = await world.openDevice(kind);
    await page.goto(world.url);
    await page.evaluate(() => {
      history.pushState(null, '', '/absent');
    });
    await heading(page, 'This page does not exist');
  });
});
