import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { Api, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { eventually } from '../../../../test/support/eventually.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import type { createAuthClient as CreateAuthClient } from '../../src/core/index.js';
import { type Gateway, startGateway } from '../support/gateway.js';
import { bundle } from './support/bundle.js';
import { type Chromium, closeTabs, startChromium } from './support/chromium.js';

declare const tell: (order: unknown) => Promise<unknown>;
declare const ask: (body?: string) => Promise<{ status: number; body: string }>;
declare const createAuthClient: typeof CreateAuthClient;

describe('a client in a service worker', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let chromium: Chromium;
  let gateway: Gateway;
  let scripts: Map<string, string>;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      // Three seconds, of which a client uses two and a half.
      ACCESS_TOKEN_EXPIRE_MINUTES: '0.05',
      ACCESS_TOKEN_RENEW_MINUTES: '0',
      ROTATION_POLICY: 'strict',
    });
    chromium = await startChromium();
    scripts = new Map(
      await Promise.all(
        ['worker', 'page'].map(
          async (name) =>
            [`/${name}.js`, await bundle(join(__dirname, `service-worker/${name}.ts`))] as const,
        ),
      ),
    );
  });

  afterAll(async () => {
    await chromium?.close();
    await server?.stop();
    await database.drop();
  });

  beforeEach(async () => {
    // An origin of its own.
    gateway = await startGateway(server.url);
    scripts.forEach((script, path) => gateway.pages.set(path, script));
    const icon = '<link rel="icon" href="data:,">';
    gateway.pages.set('/', `<!doctype html>${icon}<script type="module" src="/page.js"></script>`);
  });

  afterEach(async () => {
    await closeTabs(chromium.tabs);
    gateway.close();
  });

  async function open(): Promise<Page> {
    const page = await chromium.tabs.newPage();
    await page.goto(gateway.url);
    await eventually(() => page.evaluate(() => globalThis.isReady ?? false));
    return page;
  }

  async function openSignedIn(): Promise<Page> {
    const { email } = await new Api(server.url).register();
    const page = await open();
    expect(await order(page, { email, password: PASSWORD })).toBe('authenticated');
    return page;
  }

  const order = (page: Page, what: unknown) => page.evaluate((it) => tell(it), what);
  const request = (page: Page, body?: string) => page.evaluate((it) => ask(it), body);
  const lastSession = () => gateway.run.at(-1)?.token;

  /** As the browser does with a worker that has been idle for half a minute. */
  async function stopWorker(page: Page): Promise<void> {
    const devTools = await chromium.tabs.newCDPSession(page);
    await devTools.send('ServiceWorker.enable');
    await devTools.send('ServiceWorker.stopAllWorkers');
    await devTools.detach();
  }

  it('authorises what pages ask, whose script has no token', async () => {
    const page = await open();
    expect(await request(page)).toMatchObject({ status: 401 });
    const { email } = await new Api(server.url).register();
    await order(page, { email, password: PASSWORD });
    expect(await request(page, 'a body')).toEqual({ status: 200, body: 'a body' });
    expect(await request(await open())).toMatchObject({ status: 200 });
  });

  it('refreshes, once for all pages and requests, and no request fails meanwhile', async () => {
    const page = await openSignedIn();
    const pages = [page, await open(), await open()];
    await request(page);
    const token = lastSession();
    await eventually(async () => {
      const answers = await Promise.all(pages.map((one) => request(one)));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      return lastSession() !== token;
    });
    expect(gateway.refreshes).toBe(1);
    expect(await order(page, 'refresh')).toBe('authenticated');
    expect(gateway.refreshes).toBe(2);
  });

  it('finds the session again after the browser has stopped the worker', async () => {
    const page = await openSignedIn();
    await stopWorker(page);
    expect(await request(page, 'after a stop')).toEqual({ status: 200, body: 'after a stop' });
    expect(gateway.refreshes).toBeLessThanOrEqual(1);
  });

  it('shares its session with a client in a page, and its end', async () => {
    const page = await openSignedIn();
    const status = await page.evaluate(async () => {
      globalThis.client = createAuthClient();
      await client.ready();
      return client.getSnapshot().status;
    });
    expect(status).toBe('authenticated');
    await page.evaluate(() => client.logout());
    expect(await request(page)).toMatchObject({ status: 401 });
    expect(gateway.run).toEqual([]);
  });

  it('signs out for a page', async () => {
    const page = await openSignedIn();
    expect(await order(page, 'logout')).toBe('unauthenticated');
    expect(gateway.relayed).toContain('POST /api/auth/logout');
    expect(await request(page)).toMatchObject({ status: 401 });
  });
});
