/**
 * Tries pages that are served already, in Chromium: node try.mjs <pages> <server of Evergreen>. It
 * prints what each first paint said, and ends with an error where that is not as it should be. See
 * README.md.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chromium } from 'playwright-core';

const [pages, server] = process.argv.slice(2);
const email = `ada-${randomUUID()}@example.com`;
const password = 'violet-Harbor-73-lantern';

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  await paints(page, 'One moment');
  await shows(page, 'Please sign in');
  await fetch(`${server}/api/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByText('Sign in', { exact: true }).click();
  await shows(page, email);
  await page.waitForFunction(() => document.cookie.includes('__Host-evergreen_access=ey'));
  await paints(page, `Welcome back, ${email}`);
  await shows(page, email);
  await page.context().clearCookies();
  await paints(page, 'One moment');
  await shows(page, email);
  await page.getByText('Sign out', { exact: true }).click();
  await shows(page, 'Please sign in');
  await paints(page, 'Please sign in');
  await shows(page, 'Please sign in');
  assert.deepEqual(complaints, []);
  console.log('All as it should be, and no complaint in the console of the browser.');
} finally {
  await browser.close();
}

/** Loads the page anew, and looks at what came before any script has run. */
async function paints(page, expected) {
  const html = await (await page.goto(pages)).text();
  const shown = /<p[^>]* id="session"[^>]*>(.*?)<\/p>/s.exec(html)?.[1];
  const text = shown?.replace(/<!--.*?-->/g, '').trim();
  console.log(`First paint: ${text}`);
  assert.equal(text, expected);
}

async function shows(page, text) {
  await page.locator('#session', { hasText: text }).waitFor();
  console.log(`Then:        ${await page.locator('#session').innerText()}`);
}
