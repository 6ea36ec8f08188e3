import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { newEmail, PASSWORD } from '../../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.js';
import { eventually } from '../../../../../test/support/eventually.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../../test/support/server-process.js';
import type { Snapshot } from '../../../src/core/index.js';
import { type Gateway, startGateway } from '../../support/gateway.js';
import { bundle, REACT_VERSIONS } from '../support/bundle.js';
import { type Chromium, closeTabs, startChromium } from '../support/chromium.js';
import type { PageGlobals } from './page.js';

declare const globalThis: PageGlobals;

const ANN: Snapshot = {
  status: 'authenticated',
  user: { id: '1', email: 'ann@example.com' },
  expiresAt: 0,
};

describe('components', () => {
  let database: TestDatabase;
  let server: ServerProcess;
  let chromium: Chromium;
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-react-'));

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer(serverEnvironment(database.url));
    chromium = await startChromium();
  });

  afterAll(async () => {
    await chromium.close();
    await server.stop();
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  describe.each(REACT_VERSIONS)('with React %s', (react) => {
    const serverScript = join(folder, `server-${react}.cjs`);
    let pageScript: string;
    let gateway: Gateway;

    beforeAll(async () => {
      writeFileSync(
        serverScript,
        await bundle(join(__dirname, 'server.tsx'), { platform: 'node', react }),
      );
      pageScript = await bundle(join(__dirname, 'page.tsx'), { react });
    });

    beforeEach(async () => {
      gateway = await startGateway(server.url);
      gateway.pages.set('/page.js', pageScript);
    });

    afterEach(async () => {
      await closeTabs(chromium.tabs);
      gateway.close();
    });

    /**
     * A process that has nothing left to do ends: what would keep it alive would keep this from
     * returning.
     */
    function renderOnServer(initialSession?: Snapshot): { html: string; touched: string[] } {
      const output = execFileSync(
        process.execPath,
        [serverScript, JSON.stringify({ initialSession })],
        { encoding: 'utf8' },
      );
      return JSON.parse(output) as { html: string; touched: string[] };
    }

    async function open({
      html = '',
      initialSession,
    }: { html?: string; initialSession?: Snapshot } = {}): Promise<Page> {
      const data = `globalThis.initialSession = ${JSON.stringify(initialSession) ?? 'undefined'}`;
      const icon = '<link rel="icon" href="data:,">';
      gateway.pages.set(
        '/',
        `<!doctype html>${icon}<div id="root">${html}</div><script>${data}</script><script type="module" src="/page.js"></script>`,
      );
      const page = await chromium.tabs.newPage();
      await page.goto(gateway.url);
      return page;
    }

    async function signIn(page: Page): Promise<string> {
      const email = newEmail();
      await page.evaluate(
        ([mail, password]) => globalThis.auths.at(-1)?.register({ email: mail, password }),
        [email, PASSWORD] as const,
      );
      return email;
    }

    const shows = (page: Page, text: string) =>
      page.locator('#status', { hasText: text }).waitFor();
    const complaints = (page: Page) => page.evaluate(() => globalThis.complaints);
    const shown = (page: Page) => page.evaluate(() => globalThis.shown);

    it('renders on a server that nothing is known, and touches nothing', () => {
      const { html, touched } = renderOnServer();
      expect(html).toContain('>loading: unknown<');
      expect(html).not.toContain('id="in"');
      expect(html).not.toContain('id="out"');
      expect(touched).toEqual([]);
    });

    it('renders on a server what that knows', () => {
      expect(renderOnServer(ANN)).toEqual({
        html: expect.stringContaining('Welcome back'),
        touched: [],
      });
      const { html } = renderOnServer({ status: 'unauthenticated', reason: 'none' });
      expect(html).toContain('>unauthenticated: nobody<');
      expect(html).toContain('Please sign in');
      expect(html).not.toContain('Welcome back');
    });

    it('hydrates what the server rendered, then shows what the client finds', async () => {
      const page = await open(renderOnServer());
      expect(await page.evaluate(() => globalThis.reactVersion)).toMatch(
        new RegExp(`^${react}[.]`),
      );
      await shows(page, 'unauthenticated');
      await page.evaluate(() => globalThis.releaseLate());
      await page.locator('#late', { hasText: 'unauthenticated' }).waitFor();
      expect(await shown(page)).toEqual(['loading: unknown', 'unauthenticated: nobody']);
      expect(await complaints(page)).toEqual([]);
      expect(await page.locator('#out').count()).toBe(1);
      expect(await page.locator('#in').count()).toBe(0);
    });

    it('shows the session that the server knew without a gap until the client has found it', async () => {
      const first = await open();
      await shows(first, 'unauthenticated');
      const email = await signIn(first);
      await shows(first, email);
      const snapshot = await first.evaluate(() => globalThis.client.getSnapshot());
      const initialSession = { ...snapshot, expiresAt: 0 } as Snapshot;

      const page = await open({ ...renderOnServer(initialSession), initialSession });
      await eventually(() =>
        page.evaluate(() => {
          // None yet where the page is still being rendered.
          const auth = globalThis.auths.at(-1) as { expiresAt?: number } | undefined;
          return auth !== undefined && auth.expiresAt !== 0;
        }),
      );
      expect(await shown(page)).toEqual([`authenticated: ${email}`]);
      expect(await complaints(page)).toEqual([]);
    });

    it('hydrates a part that comes late with what the server rendered, though the session has changed since', async () => {
      const page = await open({ ...renderOnServer(ANN), initialSession: ANN });
      await shows(page, 'unauthenticated');
      // Such as a layout that hands on what it got from the server, as another object each time.
      await page.evaluate(() => globalThis.renderAgain());
      await page.locator('#count', { hasText: '1' }).waitFor();
      expect(await page.locator('#late').textContent()).toBe('authenticated: ann@example.com');
      await page.evaluate(() => globalThis.releaseLate());
      await page.locator('#late', { hasText: 'unauthenticated: nobody' }).waitFor();
      expect(await complaints(page)).toEqual([]);
    });

    it('shows sign-in and sign-out, here and from another tab', async () => {
      const page = await open();
      await page.locator('#out').waitFor();
      const email = await signIn(page);
      await page.locator('#in').waitFor();
      await shows(page, email);

      const other = await open();
      await other.locator('#in').waitFor();
      await other.evaluate(() => globalThis.auths.at(-1)?.logout());
      await page.locator('#out').waitFor();
      expect(await page.locator('#in').count()).toBe(0);
      expect(await shown(page)).toEqual([
        'loading: unknown',
        'unauthenticated: nobody',
        `authenticated: ${email}`,
        'unauthenticated: nobody',
      ]);
      expect([...(await complaints(page)), ...(await complaints(other))]).toEqual([]);
    });

    it('authorises with the fetch of useAuth', async () => {
      const page = await open();
      await page.locator('#out').waitFor();
      await signIn(page);
      await page.locator('#in').waitFor();
      expect(
        await page.evaluate(
          async () => (await globalThis.auths.at(-1)?.fetch('/app/echo'))?.status,
        ),
      ).toBe(200);
    });

    it('gives the same object until the session changes, and always the same methods', async () => {
      const page = await open({ initialSession: { status: 'loading' } });
      await page.locator('#out').waitFor();
      const before = await page.evaluate(() => globalThis.auths.length);
      for (const count of [1, 2, 3]) {
        await page.evaluate(() => globalThis.renderAgain());
        await page.locator('#count', { hasText: String(count) }).waitFor();
      }
      expect(await page.evaluate(() => globalThis.auths.length)).toBe(before);
      await signIn(page);
      await page.locator('#in').waitFor();
      expect(
        await page.evaluate(() => {
          const methods = [
            'client',
            'login',
            'register',
            'logout',
            'changePassword',
            'getAccessToken',
            'fetch',
          ] as const;
          return methods.map((name) => new Set(globalThis.auths.map((auth) => auth[name])).size);
        }),
      ).toEqual(Array(7).fill(1));
    });

    it('gives the same user after a refresh', async () => {
      const page = await open();
      await page.locator('#out').waitFor();
      await signIn(page);
      await page.locator('#in').waitFor();
      const [auths, users] = await page.evaluate(() => [
        globalThis.auths.length,
        globalThis.users.length,
      ]);
      await page.evaluate(async () => globalThis.client.getAccessToken({ forceRefresh: true }));
      await page.waitForFunction((before) => globalThis.auths.length > (before ?? 0), auths);
      expect(await page.evaluate(() => globalThis.users.length)).toBe(users);
    });

    it('begins once in StrictMode, and stops listening when it goes', async () => {
      const first = await open();
      await first.locator('#out').waitFor();
      await signIn(first);
      await first.close();
      gateway.relayed.splice(0);

      const page = await open();
      await page.locator('#in').waitFor();
      await page.evaluate(() => globalThis.client.ready());
      expect(gateway.relayed).toEqual(['GET /api/auth/verify']);
      // The status, and the components for either state.
      expect(await page.evaluate(() => globalThis.subscriptions)).toBe(4);
      await page.evaluate(() => globalThis.root.unmount());
      expect(await page.evaluate(() => globalThis.subscriptions)).toBe(0);
      expect(await complaints(page)).toEqual([]);
    });
  });
});
