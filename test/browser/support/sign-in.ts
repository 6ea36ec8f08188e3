import type { BrowserContext } from 'playwright-core';
import { newEmail, PASSWORD } from '../../support/api.js';

/** Registers a user, and signs them in with the cookie transport in all pages of an origin. */
export async function signIn(browser: BrowserContext, origin: string): Promise<string> {
  const credentials = { email: newEmail(), password: PASSWORD };
  const page = await browser.newPage();
  await page.goto(`${origin}/health/live`);
  const statuses = [
    await page.evaluate(post, ['/api/auth/register', credentials] as const),
    await page.evaluate(post, [
      '/api/auth/login',
      { ...credentials, transport: 'cookie' },
    ] as const),
  ];
  await page.close();
  if (statuses.join() !== '201,200') throw new Error(`Not signed in: ${statuses.join()}`);
  return credentials.email;
}

/** Runs in the page, so that the browser itself decides whether it takes the cookie. */
async function post([path, body]: readonly [string, object]): Promise<number> {
  const { status } = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'test' },
    body: JSON.stringify(body),
  });
  return status;
}
