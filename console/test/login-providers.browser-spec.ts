import type { Page } from 'playwright-core';
import { Users } from '../../src/index.js';
import { newEmail } from '../../test/support/api.js';
import {
  type Account,
  CLIENT,
  type OidcProvider,
  startOidcProvider,
} from '../../test/support/oidc-provider.js';
import {
  DEVICE_KINDS,
  heading,
  type Person,
  press,
  signIn,
  useConsole,
} from './support/console.js';

let provider: OidcProvider;

const world = useConsole(async () => {
  provider = await startOidcProvider();
  return {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.client_id,
    OIDC_CLIENT_SECRET: CLIENT.client_secret,
  };
});

beforeAll(() => provider.register([`${world.url}/api/auth/with/oidc/callback`]));
afterAll(() => provider?.stop());

let count = 0;

/** Signs in at the provider next. */
async function somebody(claims: Partial<Account> = {}): Promise<Account> {
  const account = { sub: `subject-${++count}`, email: newEmail(), email_verified: true, ...claims };
  await provider.set({ account });
  return account;
}

const follow = (page: Page) =>
  page.getByRole('link', { name: 'Sign in with OpenID Connect' }).click();
/** The start page of somebody who is signed in. */
const welcomes = (page: Page, name = '') => page.getByRole('heading', { level: 1, name }).waitFor();
const says = (page: Page, text: string) => page.getByText(text).waitFor();
const path = (page: Page) => page.url().slice(world.url.length);

/** Confirms the dialog to connect a provider. */
async function connect(page: Page, { password }: Person): Promise<void> {
  await press(page, 'Connect OpenID Connect');
  const dialog = page.getByRole('dialog', { name: 'Connect OpenID Connect' });
  await dialog.getByLabel('Current password').fill(password);
  await dialog.getByRole('button', { name: 'Continue there' }).click();
}

async function disconnect(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Disconnect 127/ }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
}

describe.each(DEVICE_KINDS)('sign-in with a login provider on a %s', (kind) => {
  it('begins on each of the two forms, and ends on the page that was wanted', async () => {
    await somebody({ given_name: 'Ada' });
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-up`);
    await follow(page);
    await welcomes(page, 'Ada');
    expect(path(page)).toBe('/');
    await page.goto(`${world.url}/account`);
    await press(page, 'Sign out on this device');
    await heading(page, 'Sign in');
    await follow(page);
    await heading(page, 'Account');
    expect(path(page)).toBe('/account');
  });

  it('says in place why it has failed, and not again on another page', async () => {
    await provider.set({ isDenied: true });
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-in`);
    await follow(page);
    await says(page, 'You were not signed in there.');
    expect(path(page)).toBe('/sign-in?to=/');
    await page.getByRole('link', { name: 'New here? Create an account' }).click();
    await heading(page, 'Create an account');
    expect(await page.getByText('You were not signed in there.').count()).toBe(0);
  });

  it('does not say to a barred user that a password is wrong', async () => {
    const { email } = await somebody();
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-in`);
    await follow(page);
    await welcomes(page, email);
    await world.app.database.query(`UPDATE users SET deactivated_at = now() WHERE email = $1`, [
      email,
    ]);
    await page.context().clearCookies();
    await page.goto(`${world.url}/sign-in`);
    await follow(page);
    await says(page, 'This account cannot sign in.');
  });

  it('is linked on the account page, and unlinked', async () => {
    const person = await world.signUp();
    await somebody({ email: person.email });
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-in`);
    await follow(page);
    await says(page, 'There is an account with this email address already.');
    await signIn(page, person);
    await page.goto(`${world.url}/account`);
    await says(page, 'None is connected.');
    await connect(page, { ...person, password: 'another one' });
    await says(page, 'The current password is another one');
    await page.keyboard.press('Escape');
    await connect(page, person);
    await page.getByRole('button', { name: /^Disconnect 127/ }).waitFor();
    expect(path(page)).toBe('/account');

    await press(page, 'Sign out on this device');
    await heading(page, 'Sign in');
    await follow(page);
    await heading(page, 'Account');
    await disconnect(page);
    await says(page, 'It has been disconnected.');
    await says(page, 'None is connected.');
  });

  it('says on the account page why linking has failed', async () => {
    const account = await somebody();
    const first = await world.openDevice(kind);
    await first.page.goto(`${world.url}/sign-in`);
    await follow(first.page);
    await welcomes(first.page, account.email);
    const person = await world.signUp();
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/account`);
    await connect(page, person);
    await says(page, 'This is connected to another account already.');
    expect(path(page)).toBe('/account');
    await page.reload();
    await says(page, 'None is connected.');
    expect(await page.getByText('This is connected to another').count()).toBe(0);
  });

  it('stays where it is the only way to sign in', async () => {
    await somebody();
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/account`);
    await follow(page);
    await heading(page, 'Account');
    await disconnect(page);
    await says(page, 'This is your only way to sign in.');
  });

  it('proves again who an operator is who has no password', async () => {
    const { email = '' } = await somebody();
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/sign-in`);
    await follow(page);
    await welcomes(page, email);
    const users = world.app.nest.get(Users, { strict: false });
    await users.setRoles((await users.findByEmail(email))!.id, ['admin']);
    world.app.clock.advance({ minutes: 16 });
    await page.goto(`${world.url}/operators`);
    await page.getByRole('dialog', { name: 'Please confirm that it is you' }).waitFor();
    await follow(page);
    await page.getByRole('textbox', { name: 'Email address or id of a user' }).waitFor();
    expect(path(page)).toBe('/operators');
  });
});
