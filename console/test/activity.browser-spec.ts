import type { Page } from 'playwright-core';
import { Api } from '../../test/support/api.js';
import { DEVICE_KINDS, type Person, useConsole } from './support/console.js';
import { HOSTILE_TEXTS, isWithinWidth } from './support/hostile-texts.js';

const world = useConsole();

const eventsOf = (page: Page) => page.getByRole('main').getByRole('listitem');
const filter = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Which events to show' }).getByRole('link', { name });

/** Adds events of the user, a second apart, the newest at the given instant. */
async function addEvents(
  { email }: Person,
  { type = 'logout', details = {}, count = 1, newestAt = '2026-03-04T12:00:00Z' },
): Promise<void> {
  await world.app.database.query(
    `INSERT INTO security_events (id, type, occurred_at, user_id, details)
     SELECT ('00000000-0000-7000-8000-' || substr(md5(users.id::text || $2), 1, 8) || lpad((9999 - n)::text, 4, '0'))::uuid,
       $2, $3::timestamptz - n * interval '1 second', users.id, $4
     FROM users, generate_series(0, $5::int - 1) AS n WHERE email = $1`,
    [email, type, newestAt, JSON.stringify(details), count],
  );
}

describe.each(DEVICE_KINDS)('/activity on a %s', (kind) => {
  it('shows events by day, and those of a filter, which the URL names', async () => {
    const person = await world.signUp();
    await new Api(world.url).login(person.email, { password: 'not-the-password' });
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/activity`);
    await page.getByRole('heading', { name: 'Today' }).waitFor();
    await page.getByText('The account was created.').waitFor();
    const count = await eventsOf(page).count();

    await filter(page, 'Unusual').click();
    await page.getByText('The account was created.').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${world.url}/activity?show=unusual`);
    expect(await filter(page, 'Unusual').getAttribute('aria-current')).toBe('true');
    const texts = await eventsOf(page).allInnerTexts();
    expect(texts.some((text) => /tried to sign in and failed\.\s+Failed/.test(text))).toBe(true);
    expect(texts.some((text) => /on a new device\.\s+Unusual/.test(text))).toBe(true);

    await page.reload();
    await eventsOf(page).first().waitFor();
    expect(await eventsOf(page).count()).toBe(texts.length);
    await page.goBack();
    await page.getByText('The account was created.').waitFor();
    expect(await eventsOf(page).count()).toBe(count);

    await filter(page, 'Sessions').click();
    await page.getByText('Nothing of this kind has happened.').waitFor();
  });

  it('loads older events when asked, until there are none', async () => {
    const person = await world.signUp();
    await addEvents(person, { count: 70 });
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/activity`);
    const more = page.getByRole('button', { name: 'Show more' });
    await more.click();
    await more.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Wednesday, March 4' }).waitFor();
    expect(await page.getByText('Somebody signed out.').count()).toBe(70);
    await page.getByText('Everything since March 4, 2026.').waitFor();
  });

  it('looks further back for what a filter shows', async () => {
    const person = await world.signUp();
    await addEvents(person, { count: 120 });
    await addEvents(person, { type: 'password_changed', newestAt: '2026-01-02T12:00:00Z' });
    await world.app.database.query(
      `UPDATE security_events SET id = '00000000-0000-7000-8000-${kind === 'phone' ? 1 : 2}00000000000'
       WHERE type = 'password_changed' AND user_id = (SELECT id FROM users WHERE email = $1)`,
      [person.email],
    );
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/activity?show=account`);
    await page.getByText('The password was changed').waitFor();
  });

  it('shows hostile details, types and devices as text', async () => {
    const person = await world.signUp();
    for (const text of HOSTILE_TEXTS)
      await addEvents(person, { type: text, details: { [text]: text, reason: text } });
    await world.app.database.query(
      `UPDATE security_events SET device_name = details->>'reason', network = details->>'reason'
       WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [person.email],
    );
    const { page } = await world.openSignedInDevice(kind, person);
    await page.goto(`${world.url}/activity`);
    const unknown = eventsOf(page).filter({ hasText: 'that this page does not know' });
    await unknown.first().waitFor();
    expect(await unknown.count()).toBe(HOSTILE_TEXTS.length);
    for (const event of await unknown.all()) {
      await event.locator('summary').click();
      const { height = Infinity } = (await event.boundingBox()) ?? {};
      expect(height).toBeLessThan(560);
    }
    await page.getByText('<script>window.hacked').first().waitFor();
    expect(await isWithinWidth(page)).toBe(true);
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  });

  it('says what has failed, and can be asked again', async () => {
    const { page } = await world.openSignedInDevice(kind, await world.signUp());
    await page.route('**/api/auth/events*', (route) => route.fulfill({ status: 500 }));
    await page.goto(`${world.url}/activity`);
    const again = page.getByRole('button', { name: 'Try again' });
    await again.waitFor();
    await page.unroute('**/api/auth/events*');
    await again.click();
    await page.getByText('The account was created.').waitFor();
  });
});

describe.each(DEVICE_KINDS)('/operators of a server without ADMIN_TOKEN, on a %s', (kind) => {
  it('says how to set it', async () => {
    const { page } = await world.openDevice(kind);
    await page.goto(`${world.url}/operators`);
    await page.getByLabel('ADMIN_TOKEN').fill('x');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('This server has no token for operators.').waitFor();
    await page.getByText('ADMIN_TOKEN=$(openssl rand -hex 32)').waitFor();
  });
});
