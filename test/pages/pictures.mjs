/**
 * Takes the pictures in docs/pictures: of real pages, served by the built server on a new database,
 * in which a user has signed in on several devices: npm run pictures. With names it takes these
 * alone: npm run pictures -- devices docs
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { startEmbeddedPostgres } from '@evergreen-auth/dev-postgres';
import { withServer } from '../support/built-server.mjs';
import { smallPng } from './small-png.mjs';
import { ADA, backdate, tellStory } from './story.mjs';

const ADMIN_TOKEN = randomBytes(32).toString('hex');

/**
 * `as` is who is signed in, if anybody is. `element` is the part of the page to show, and all of
 * what fits into the window without it. `before` is done to the page. `windows` are all, if they are
 * not given.
 */
const PICTURES = [
  { name: 'sign-in', path: '/sign-in' },
  { name: 'sign-up', path: '/sign-up' },
  { name: 'home', path: '/', as: ADA },
  { name: 'account', path: '/account', as: ADA },
  { name: 'devices', path: '/devices', as: ADA },
  { name: 'activity', path: '/activity', as: ADA },
  { name: 'token-life', path: '/token-life', as: ADA },
  {
    name: 'operators',
    path: '/operators',
    before: async (page) => {
      await page.getByLabel('ADMIN_TOKEN').fill(ADMIN_TOKEN);
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByLabel('Email address or id of a user').fill(ADA.email);
      await page.getByRole('button', { name: 'Find' }).click();
      await page.getByText(ADA.email).first().waitFor();
    },
  },
  { name: 'docs', path: '/docs', as: ADA, before: (page) => page.getByText(ADA.email).waitFor() },
  {
    name: 'docs-try',
    path: '/docs#/Users/getAuthMe',
    as: ADA,
    before: async (page) => {
      await page.getByRole('button', { name: 'Try it out' }).click();
      await page.getByRole('button', { name: 'Execute' }).click();
      await page.locator('.live-responses-table').waitFor();
      await page.locator('#operations-Users-getAuthMe').evaluate((route) => route.scrollIntoView());
    },
  },
  { name: 'lab', path: '/lab/' },
  {
    name: 'chain',
    path: '/lab/#scenario=lost-answer',
    element: '.picture svg',
    windows: ['desktop'],
  },
];

const WINDOWS = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const THEMES = ['light', 'dark'];

const FOLDER = 'docs/pictures';
/** They are part of the repository, and of each clone of it. */
const MAX_BYTES = 120_000;

const [...names] = process.argv.slice(2);
const wanted = PICTURES.filter(({ name }) => names.length === 0 || names.includes(name));
mkdirSync(FOLDER, { recursive: true });

await withDatabase(async (databaseUrl) => {
  const server = {
    main: resolve('dist/main.js'),
    folder: tmpdir(),
    env: {
      DATABASE_URL: databaseUrl,
      TRUST_PROXY: '127.0.0.1',
      BCRYPT_COST: '4',
      THROTTLE_LOGIN_LIMIT: '0',
      ADMIN_TOKEN,
    },
  };
  await withServer(server, async (call, url) => {
    await tellStory(call);
    await backdate(databaseUrl);
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: ['--no-sandbox', '--force-device-scale-factor=1', '--hide-scrollbars'],
    });
    try {
      for (const as of new Set(wanted.map((picture) => picture.as)))
        await takeAs(browser, url.replace('127.0.0.1', 'localhost'), as);
    } finally {
      await browser.close();
    }
  });
});

/** All pictures of one user, who signs in once: each sign-in is a device and an event. */
async function takeAs(browser, url, as) {
  const context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  if (as) await signIn(page, url, as);
  for (const picture of wanted.filter((each) => each.as === as)) await take(page, url, picture);
  await context.close();
}

async function signIn(page, url, credentials) {
  await page.goto(`${url}/health/live`);
  await page.evaluate(async (body) => {
    await fetch('/api/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-requested-with': 'pictures' },
      body: JSON.stringify({ ...body, transport: 'cookie' }),
    });
  }, credentials);
}

async function take(page, url, picture) {
  const { name, path, element, before, windows = Object.keys(WINDOWS) } = picture;
  for (const window of windows) {
    await page.setViewportSize(WINDOWS[window]);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      // A page of the same path with another fragment would not be loaded again.
      await page.goto('about:blank');
      await page.goto(url + path);
      await page.locator('h1').first().waitFor();
      await page.waitForLoadState('networkidle', { timeout: 3000 }).catch(() => {});
      await before?.(page);
      const target = element === undefined ? page : page.locator(element).first();
      store(`${name}-${window}-${theme}.png`, smallPng(await target.screenshot()));
    }
  }
}

function store(file, png) {
  const path = join(FOLDER, file);
  writeFileSync(path, png);
  const { size } = statSync(path);
  console.log(`${path.padEnd(48)} ${String(size).padStart(7)} bytes`);
  if (size > MAX_BYTES) {
    console.error(`${path} has more than ${MAX_BYTES} bytes.`);
    process.exitCode = 1;
  }
}

async function withDatabase(work) {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-pictures-'));
  const postgres = await startEmbeddedPostgres({ dataFolder: folder });
  try {
    await work(postgres.url);
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
