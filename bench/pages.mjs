// How soon are our pages there on a slow processor, with an empty cache? npm run bench:pages
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { withServer } from '../test/support/built-server.mjs';

const LOADS = Number(process.env.LOADS ?? 9);
const SLOWER = 4;
const PAGES = { console: '/sign-in', lab: '/lab/', docs: '/docs' };

/** Notes when the heading of the page is drawn: two frames after it has come. */
const NOTE_HEADING = () => {
  const observer = new MutationObserver(() => {
    if (!document.querySelector('h1')) return;
    observer.disconnect();
    requestAnimationFrame(() =>
      requestAnimationFrame(() => (globalThis.headingAt = performance.now())),
    );
  });
  observer.observe(document, { childList: true, subtree: true });
};

await withServer({ main: resolve('dist/main.js'), folder: tmpdir() }, async (_call, url) => {
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    console.log(
      `Milliseconds, median of ${LOADS} (least to most), processor ${SLOWER} times slower`,
    );
    for (const [name, path] of Object.entries(PAGES)) {
      const loads = [];
      // The first one of a server compresses the files.
      await load(browser, url + path);
      for (let count = 0; count < LOADS; count++) loads.push(await load(browser, url + path));
      report(
        `${name}: first contentful paint`,
        loads.map(({ paintAt }) => paintAt),
      );
      report(
        `${name}: heading`,
        loads.map(({ headingAt }) => headingAt),
      );
    }
  } finally {
    await browser.close();
  }
});

/** One load by a browser that has nothing of the server yet. */
async function load(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.addInitScript(NOTE_HEADING);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.headingAt);
  const times = await page.evaluate(() => ({
    paintAt: performance.getEntriesByName('first-contentful-paint')[0].startTime,
    headingAt: globalThis.headingAt,
  }));
  await context.close();
  return times;
}

function report(what, times) {
  const sorted = times.toSorted((one, other) => one - other);
  const [least, middle, most] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map((place) =>
    Math.round(sorted[place]),
  );
  console.log(`${what.padEnd(32)} ${middle} (${least} to ${most})`);
}
