import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { bundle } from './support/bundle.js';
import { type Chromium, closeTabs, startChromium } from './support/chromium.js';

declare const makeKey: () => Promise<string | undefined>;
declare const readKey: () => Promise<string | undefined>;
declare const sign: () => Promise<number>;
declare const exportKey: () => Promise<string[]>;

describe('indexedDbKeys, in Chromium', () => {
  let profile: string;
  let chromium: Chromium;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const script = await bundle(join(__dirname, 'binding/page.ts'));
    server = createServer(({ url: path }, response) => {
      const isScript = path === '/page.js';
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
      response.end(
        isScript
          ? script
          : '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(() => void server.close());

  beforeEach(async () => {
    profile = mkdtempSync(join(tmpdir(), 'evergreen-profile-'));
    chromium = await startChromium(profile);
  });

  afterEach(async () => {
    await chromium.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });

  async function open(): Promise<Page> {
    const page = await chromium.tabs.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'makeKey' in globalThis);
    return page;
  }

  it('keeps the key through a restart of the browser', async () => {
    const made = await (await open()).evaluate(() => makeKey());
    await chromium.close();
    chromium = await startChromium(profile);
    const page = await open();
    expect(made).toMatch(/^[\w-]{43}$/);
    expect(await page.evaluate(() => readKey())).toBe(made);
    expect(await page.evaluate(() => sign())).toBe(64);
  });

  it('has no key that script could export', async () => {
    const page = await open();
    await page.evaluate(() => makeKey());
    expect(await page.evaluate(() => exportKey())).toEqual(
      Array(3).fill(expect.stringMatching(/^(InvalidAccessError|NotSupportedError)$/)),
    );
  });

  it('has one key for two, six and twenty tabs that sign in at once', async () => {
    for (const count of [2, 6, 20]) {
      const pages: Page[] = [];
      for (let opened = 0; opened < count; opened++) pages.push(await open());
      const made = await Promise.all(pages.map((page) => page.evaluate(() => makeKey())));
      expect(new Set(made).size).toBe(1);
      await pages[0]!.evaluate(() => indexedDB.deleteDatabase('evergreen-auth'));
      await closeTabs(chromium.tabs);
    }
  });
});
