import type { BrowserContext } from 'playwright-core';
import { newEmail, PASSWORD } from '../../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../../test/support/server-process.js';
import type { AuthClientOptions } from '../../../src/core/index.js';
import { closeTabs, startChromium } from './chromium.js';
import { type Proxy, startProxy, type Traffic } from './proxy.js';
import { Tab } from './tab.js';

/** What a client of a test is made with; `plain` leaves it the browser's own clock and fetch. */
export type PageOptions = Omit<AuthClientOptions, 'storage' | 'fetch' | 'clock' | 'logger'> & {
  storage?: 'localStorage' | 'memory';
  plain?: boolean;
  /** Its sessions are bound to a key. */
  binding?: boolean;
};

export interface SiteOptions extends PageOptions {
  /** Runs in every page before its own script. */
  readonly sabotage?: () => void;
  readonly name?: string;
  /** Browsers take `localhost` for secure, and `test` not. */
  readonly domain?: 'localhost' | 'test';
}

/**
 * Real tabs of a real browser, and between them and a real server a proxy that does as it is told.
 */
export interface World {
  readonly browser: BrowserContext;
  readonly database: TestDatabase;
  readonly server: ServerProcess;
  /**
   * An origin of its own: no storage, cookie, lock or channel of another test is seen here.
   *
   * @param browser another one than the world's
   */
  newSite(options?: SiteOptions, browser?: BrowserContext): Site;
}

/**
 * A world for the tests of one file, or of one part of it; there is nothing in it before the first
 * of them.
 */
export function useWorld(environment: Readonly<Record<string, string>> = {}): World {
  const world = {} as World;
  const closings: (() => unknown)[] = [];
  beforeAll(async () => Object.assign(world, await openWorld(environment, closings)));
  afterEach(async () => {
    await world.browser.setOffline(false);
    await closeTabs(world.browser);
  });
  afterAll(async () => {
    for (const close of closings.reverse()) await close();
  });
  return world;
}

/** @param closings is told how to close what is open, even if the rest cannot be opened */
async function openWorld(
  environment: Readonly<Record<string, string>>,
  closings: (() => unknown)[],
): Promise<World> {
  const { tabs: browser, close } = await startChromium();
  closings.push(close);
  const database = await createDatabase();
  closings.push(() => database.drop());
  const proxy = await startProxy();
  closings.push(() => proxy.close());
  const server = await startServer({
    ...serverEnvironment(database.url),
    CORS_ORIGINS: `http://elsewhere.localhost:${proxy.port}`,
    ...environment,
  });
  closings.push(() => server.stop());
  proxy.target = server.url;
  let sites = 0;
  return {
    browser,
    database,
    server,
    newSite: (options = {}, itsBrowser = browser) =>
      new Site({ name: `site-${(sites += 1)}`, ...options }, itsBrowser, proxy),
  };
}

/** One origin, and the tabs that are open there. */
export class Site {
  readonly origin: string;
  readonly traffic: Traffic;
  /** Of who has registered here last. */
  email = '';

  constructor(
    private readonly options: SiteOptions,
    private readonly browser: BrowserContext,
    proxy: Proxy,
  ) {
    const host = `${options.name}.${options.domain ?? 'localhost'}:${proxy.port}`;
    this.origin = `http://${host}`;
    this.traffic = proxy.trafficOf(host);
  }

  get url(): string {
    const { sabotage: _sabotage, name: _name, domain: _domain, ...pageOptions } = this.options;
    return `${this.origin}/?${encodeURIComponent(JSON.stringify(pageOptions))}`;
  }

  /** A tab whose client is ready. */
  async openTab(sabotage = this.options.sabotage): Promise<Tab> {
    const page = await this.browser.newPage();
    if (sabotage) await page.addInitScript(sabotage);
    await page.goto(this.url);
    const tab = new Tab(page);
    await tab.ready();
    return tab;
  }

  /** A tab in which a new user is signed in. */
  async openSignedInTab(): Promise<Tab> {
    const tab = await this.openTab();
    await this.register(tab);
    return tab;
  }

  async register({ page }: Tab): Promise<void> {
    this.email = newEmail();
    await page.evaluate(([email, password]) => client.register({ email, password }), [
      this.email,
      PASSWORD,
    ] as const);
  }

  /** So many tabs, in all of which a new user is signed in. */
  async openSignedIn(count: number): Promise<Tab[]> {
    const first = await this.openSignedInTab();
    const others = await Promise.all(Array.from({ length: count - 1 }, () => this.openTab()));
    await Promise.all(others.map((tab) => tab.shows('authenticated')));
    return [first, ...others];
  }

  /**
   * The device's clocks are this far off from now on: its calendar, and the time since its start.
   */
  async setClocks(calendarMs: number, uptimeMs = calendarMs): Promise<void> {
    const { hostname: domain } = new URL(this.origin);
    await this.browser.addCookies([
      { name: 'calendar', value: String(calendarMs), domain, path: '/' },
      { name: 'uptime', value: String(uptimeMs), domain, path: '/' },
    ]);
  }
}
