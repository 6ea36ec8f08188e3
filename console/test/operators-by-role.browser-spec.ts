import type { Page } from 'playwright-core';
import { Users } from '../../src/index.js';
import { call } from '../../test/support/api.js';
import { DEVICE_KINDS, heading, type Person, press, useConsole } from './support/console.js';

/** The client takes a token that is younger for good, whatever the server says. */
const NEW_TOKEN_MS = 11_000;

/** Without `ADMIN_TOKEN`. */
const world = useConsole();

async function setRoles({ email }: Person, ...roles: string[]): Promise<void> {
  const users = world.app.nest.get(Users, { strict: false });
  const user = await users.findByEmail(email);
  await users.setRoles(user!.id, roles);
}

async function rolesOf({ email }: Person): Promise<readonly string[] | undefined> {
  return (await world.app.nest.get(Users, { strict: false }).findByEmail(email))?.roles;
}

async function find(page: Page, user: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Email address or id of a user' }).fill(user);
  await press(page, 'Find');
}

const says = (page: Page, text: string) => page.getByText(text, { exact: true }).waitFor();

/** Answers the dialog of the client. */
async function confirmIdentity(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Please confirm that it is you' });
  await dialog.getByLabel('Current password').fill(password);
  await dialog.getByRole('button', { name: 'Confirm' }).click();
}

const DIALOG_HEADING = { name: 'Please confirm that it is you' };

describe.each(DEVICE_KINDS)('/operators for the role admin, on a %s', (kind) => {
  it('opens for who is given the role, asks for no token, and changes roles', async () => {
    const [admin, other] = [await world.signUp(), await world.signUp()];
    const { page } = await world.openSignedInDevice(kind, admin);
    await page.clock.install();
    await page.goto(`${world.url}/operators`);
    await page.getByLabel('ADMIN_TOKEN').waitFor();
    await setRoles(admin, 'admin');
    await page.clock.fastForward(NEW_TOKEN_MS);
    await page.getByRole('link', { name: 'Evergreen' }).click();
    await page.getByRole('link', { name: 'For operators' }).click();
    await find(page, other.email);
    await page.getByRole('heading', { name: other.email }).waitFor();
    expect(await page.getByRole('button', { name: 'Forget the token' }).count()).toBe(0);

    await press(page, 'Change roles');
    const dialog = page.getByRole('dialog', { name: 'Change roles' });
    await dialog.getByLabel('New roles, with spaces between them').fill('no/role');
    await dialog.getByRole('button', { name: 'Save the roles' }).click();
    await dialog.getByText('At most 50 roles').waitFor();
    await dialog.getByLabel('New roles, with spaces between them').fill('support admin');
    await dialog.getByRole('button', { name: 'Save the roles' }).click();
    await says(page, 'The roles have been changed.');
    await says(page, 'admin, support');
    expect(await rolesOf(other)).toEqual(['admin', 'support']);

    await press(page, 'Change roles');
    await dialog.getByRole('checkbox', { name: 'admin' }).uncheck();
    await dialog.getByRole('button', { name: 'Save the roles' }).click();
    await dialog.waitFor({ state: 'detached' });
    await says(page, 'support');
    expect(await rolesOf(other)).toEqual(['support']);
  });

  it('asks for the password once where the last proof is old, and goes on', async () => {
    const admin = await world.signUp();
    await setRoles(admin, 'admin');
    const { page } = await world.openSignedInDevice(kind, admin);
    world.app.clock.advance({ minutes: 16 });
    await page.goto(`${world.url}/operators`);
    await confirmIdentity(page, 'not the password');
    await page.getByText('The current password is another one').waitFor();
    await confirmIdentity(page, admin.password);
    await heading(page, 'Operators');
    await find(page, admin.email);
    await page.getByRole('heading', { name: admin.email }).waitFor();
    expect(await page.getByRole('dialog', DIALOG_HEADING).count()).toBe(0);
  });

  it('lets the user leave the question, and asks again when they want it', async () => {
    const admin = await world.signUp();
    await setRoles(admin, 'admin');
    const { page } = await world.openSignedInDevice(kind, admin);
    await page.goto(`${world.url}/operators`);
    await find(page, admin.email);
    await page.getByRole('heading', { name: admin.email }).waitFor();
    world.app.clock.advance({ minutes: 16 });
    await press(page, 'Find');
    await page.getByRole('dialog', DIALOG_HEADING).getByRole('button', { name: 'Cancel' }).click();
    await press(page, 'Continue');
    await page.getByRole('dialog', DIALOG_HEADING).waitFor();
    await page.keyboard.press('Escape');
    await press(page, 'Continue');
    await confirmIdentity(page, admin.password);
    await page.getByRole('textbox', { name: 'Email address or id of a user' }).waitFor();
  });

  it('closes when the role is taken away, and the user stays signed in', async () => {
    const admin = await world.signUp();
    await setRoles(admin, 'admin');
    const { page } = await world.openSignedInDevice(kind, admin);
    await page.clock.install();
    await page.goto(`${world.url}/operators`);
    await find(page, admin.email);
    await page.getByRole('heading', { name: admin.email }).waitFor();
    await setRoles(admin);
    await page.clock.fastForward(NEW_TOKEN_MS);
    await find(page, 'nobody@example.com');
    await page.getByLabel('ADMIN_TOKEN').waitFor();
    await page.goto(`${world.url}/account`);
    await heading(page, 'Account');
  });

  it('records no attempt for a user without the role', async () => {
    const { page } = await world.openSignedInDevice(kind, await world.signUp());
    await page.goto(`${world.url}/operators`);
    await page.getByLabel('ADMIN_TOKEN').waitFor();
    const query = `SELECT 1 FROM security_events WHERE type = 'admin_denied'`;
    expect(await world.app.database.query(query)).toEqual([]);
    expect((await call('GET', `${world.url}/api/admin/revocations`)).status).toBe(404);
  });
});
