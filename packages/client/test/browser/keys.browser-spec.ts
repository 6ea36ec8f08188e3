import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { bundle } from './support/bundle.js';
import { type Chromium, closeTabs, startChromium } from './support/chromium.js';

declare const makeKey: () => Promise<string | undefined>;

describe('indexedDbKeys, in Chromium', () => {
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

  beforeEach(async () => void (chromium = await startChromium()));
  afterEach(() => chromium.close());

  async function open(): Promise<Page> {
    const page = await chromium.tabs.newPage();
    await page.goto(url);
    await page.waitForFunction(() => 'makeKey' in globalThis);
    return page;
  }

  it('has one key for two, six and twenty tabs that sign in at once', async () => {
    for (const count of [2, 6, 20]) {
      const pages: Page[] = [];
      for (let opened = 0; opened < count; opened++) pages.push(await open());
      const made = await Promise.all(pages.map((page) => page.evaluate(() => makeKey())));
      expect(new Set(made).size).toBe(1);
      expect(made[0]).toMatch(/^[\w-]{43}$/);
      await pages[0]!.evaluate(() => indexedDB.deleteDatabase('evergreen-auth'));
      await closeTabs(chromium.tabs);
    }
  });
});
