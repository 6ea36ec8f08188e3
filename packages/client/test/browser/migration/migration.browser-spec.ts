import { join } from 'node:path';
import type { AxiosInstance } from 'axios';
import type { Page } from 'playwright-core';
import { Api, PASSWORD } from '../../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../../test/support/server-process.js';
import type { AuthClient } from '../../../src/core/index.js';
import { type Gateway, startGateway } from '../../support/gateway.js';
import { bundle } from '../support/bundle.js';
import { type Chromium, closeTabs, startChromium } from '../support/chromium.js';

declare const api: AxiosInstance;
declare const auth: AuthClient;
declare const login: (email: string, password: string) => Promise<void>;

describe('an application that kept its tokens in localStorage', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let chromium: Chromium;
  let gateway: Gateway;
  const scripts = new Map<string, string>();

  beforeAll(async () => {
    database = await createDatabase();
    // The window of grace would forgive whoever presents a token that another tab has replaced.
    server = await startServer({
      ...serverEnvironment(database.url),
      ROTATION_POLICY: 'strict',
      REFRESH_GRACE_SECONDS: '0',
    });
    chromium = await startChromium();
    for (const release of ['before', 'after', 'later'])
      scripts.set(release, await bundle(join(__dirname, `${release}.ts`)));
  });

  afterAll(async () => {
    await chromium.close();
    await server.stop();
    await database.drop();
  });

  beforeEach(async () => {
    // An origin of its own.
    gateway = await startGateway(server.url);
    for (const [release, script] of scripts) {
      const icon = '<link rel="icon" href="data:,">';
      gateway.pages.set(`/${release}.js`, script);
      gateway.pages.set(
        `/${release}`,
        `<!doctype html>${icon}<script type="module" src="/${release}.js"></script>`,
      );
    }
  });

  afterEach(async () => {
    await closeTabs(chromium.tabs);
    gateway.close();
  });

  async function open(release: 'before' | 'after' | 'later'): Promise<Page> {
    const page = await chromium.tabs.newPage();
    await page.goto(`${gateway.url}/${release}`);
    return page;
  }

  /** A page of the release before, with a user signed in. */
  async function signedInBefore(): Promise<{ page: Page; email: string }> {
    const { email } = await new Api(server.url).register();
    const page = await open('before');
    await page.evaluate(([mail, password]) => login(mail, password), [email, PASSWORD] as const);
    expect(await request(page)).toBe(200);
    return { page, email };
  }

  const request = (page: Page) => page.evaluate(async () => (await api.get('/app/echo')).status);
  const tokens = (page: Page) =>
    page.evaluate(() =>
      ['access_token', 'refresh_token'].map((name) => localStorage.getItem(name)),
    );

  it('has the client, and its user is still signed in after the page is loaded again', async () => {
    const { page, email } = await signedInBefore();
    const before = await tokens(page);
    gateway.relayed.splice(0);

    await page.goto(`${gateway.url}/after`);
    expect(await request(page)).toBe(200);
    await page.evaluate(() => auth.ready());
    expect(await page.evaluate(() => auth.getSnapshot())).toMatchObject({
      status: 'authenticated',
      user: { email },
    });
    expect(gateway.relayed).toEqual(['POST /api/auth/refresh']);

    const after = await tokens(page);
    expect(after).toEqual([
      await page.evaluate(() => auth.getAccessToken()),
      expect.stringMatching(/^eyJ/),
    ]);
    expect(after[1]).not.toBe(before[1]);
  });

  it('has them signed in still when no code reads localStorage any more', async () => {
    const { page, email } = await signedInBefore();
    await page.goto(`${gateway.url}/after`);
    expect(await request(page)).toBe(200);
    await page.goto(`${gateway.url}/later`);
    expect(await page.evaluate(async () => (await auth.reloadUser()).email)).toBe(email);
  });

  it('goes on in a tab that still has the release before, and neither takes the other for a thief', async () => {
    const { page: old } = await signedInBefore();
    const page = await open('after');
    expect(await request(page)).toBe(200);
    expect(await request(old)).toBe(200);

    // In turns and within seconds, each with what the other has got.
    for (let turn = 0; turn < 5; turn++) {
      await old.evaluate(() => localStorage.setItem('access_token', 'expired'));
      gateway.relayed.splice(0);
      expect(await request(old)).toBe(200);
      expect(gateway.relayed).toEqual(['POST /api/auth/refresh']);
      await page.evaluate(() => auth.refreshToken());
      expect(await request(page)).toBe(200);
    }
  });

  it('signs out for both', async () => {
    const { page: old } = await signedInBefore();
    const page = await open('after');
    expect(await request(page)).toBe(200);
    await page.evaluate(() => auth.logout());
    expect(await tokens(old)).toEqual([null, null]);
    await old.reload();
    await expect(request(old)).rejects.toThrow('401');
  });
});
