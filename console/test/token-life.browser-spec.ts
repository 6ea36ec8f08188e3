import type { Page } from 'playwright-core';
import { DEVICE_KINDS, signIn, useConsole, type Person } from './support/console.js';

const GRACE_SECONDS = 1;

const world = useConsole({ REFRESH_GRACE_SECONDS: String(GRACE_SECONDS) });

/** Lets the client take another token: after 10 seconds it does. */
async function passSeconds(page: Page, seconds: number): Promise<void> {
  world.app.clock.advance({ seconds });
  await page.clock.fastForward(seconds * 1000);
}

describe.each(DEVICE_KINDS)('/token-life on a %s', (kind) => {
  let person: Person;
  let page: Page;
  const log = () => page.getByRole('log', { name: 'What the client did' });
  const press = (name: string) => page.getByRole('button', { name }).click();

  beforeEach(async () => {
    person = await world.signUp();
    ({ page } = await world.openDevice(kind));
    await page.clock.install({ time: world.app.clock.nowMs() });
    await page.goto(`${world.url}/token-life`);
    await signIn(page, person);
    await log().getByText('Signed in.').waitFor();
  });

  it('shows when the token and the session end, and what happens before', async () => {
    await page.getByText(/^It ends .+\(in 8 hours\)\.$|^It ends .+\(in 7 hours\)\.$/).waitFor();
    await page.getByText(/^It ends .+, unless a refresh prolongs it\.$/).waitFor();
    await page.getByText(/^X-New-Token from /).waitFor();
    await page.getByText(/^The client refreshes from /).waitFor();
  });

  it('repeats a request whose token has expired', async () => {
    await passSeconds(page, 11);
    await press('Expire the token');
    await log().getByText('GET /api/auth/me: 401 token_expired').waitFor();
    await log()
      .getByText(/^Refreshed \(rotated\)/)
      .waitFor();
    await log().getByText('GET /api/auth/me: 200').waitFor();
  });

  it('tries again where a response was lost', async () => {
    await press('Lose the next response');
    await log().getByText('POST /api/auth/refresh: the response was lost.').waitFor();
    await passSeconds(page, 60);
    await log().getByText('There is a new access token.').first().waitFor();
    await press('Call the API');
    await log().getByText('GET /api/auth/me: 200').waitFor();
  });

  it('shows that a response has brought a new token', async () => {
    await passSeconds(page, 6.5 * 3600);
    await press('Call the API');
    await log()
      .getByText(/the response brought a new access token in X-New-Token/)
      .waitFor();
  });

  it('keeps the session while it is offline', async () => {
    await press('Go offline');
    await press('Refresh now');
    await log().getByText('POST /api/auth/refresh: no response.').first().waitFor();
    await press('Go online again');
    await press('Call the API');
    await log().getByText('GET /api/auth/me: 200').waitFor();
  });

  it('ends another session by an old refresh token, and keeps this one', async () => {
    await press('Replay an old refresh token');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Password').fill('not the password');
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByRole('alert').waitFor();

    await dialog.getByLabel('Password').fill(person.password);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText(/within 1 seconds: (replayed|reissued)\./).waitFor();
    await passSeconds(page, GRACE_SECONDS + 1);
    await dialog.getByText('The old token again: refresh_reuse_detected.').waitFor();
    await dialog.getByText('The newest token of that session: session_revoked.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    await press('Call the API');
    await log().getByText('GET /api/auth/me: 200').waitFor();
  });

  it('shares the session with a second tab', async () => {
    const [second] = await Promise.all([
      page.context().waitForEvent('page'),
      press('Open a second tab'),
    ]);
    await second.getByRole('heading', { name: 'Token life' }).waitFor();
    await second.getByRole('button', { name: 'Call the API' }).click();
    await second.getByText('GET /api/auth/me: 200').waitFor();
  });
});
