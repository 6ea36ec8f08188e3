import {
  type AuthClientOptions,
  type AuthStorage,
  createAuthClient,
} from '../../src/core/index.js';
import { createFakeClock, createFakeServer } from '../../src/testing/index.js';
import { Browser, type DiskFaults } from './browser.js';
import { Network } from './network.js';
import type { Random } from '../../../../test/support/random.js';
import { Tab } from './tab.js';

const MINUTE = 60_000;

/** A fault planted on purpose, to see that it is noticed. */
export interface Sabotage {
  readonly disk?: Partial<DiskFaults>;
  readonly fetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  readonly options?: AuthClientOptions;
}

let devices = 0;

interface Watch {
  note(event: string): void;
  /** The snapshot of a tab's client is another one. */
  onChange(tab: Tab): void;
}

/**
 * One device with the client on it, as a browser of several tabs or as an app, the network before
 * it, and the server behind that.
 */
export class Device {
  readonly kind: 'browser' | 'cookie' | 'app';
  /** A page of one week is none of another. */
  private readonly name = `device-${(devices += 1)}`;
  readonly clock = createFakeClock();
  readonly server;
  readonly network: Network;
  kills = 0;
  /** How often a tab dies at a step that it takes. */
  killing: number;
  private readonly browser: Browser;
  private readonly disk: DiskFaults;
  private appStorage: string | undefined;
  private lockedUntil = 0;
  private tabs: Tab[] = [];
  /** Those that are gone, too: what they have begun may be under way. */
  private readonly everyTab = new Map<string, Tab>();

  constructor(
    private readonly random: Random,
    private readonly sabotage: Sabotage,
    private readonly watch: Watch,
  ) {
    this.kind = random.weighted([
      [7, 'browser'],
      [3, 'cookie'],
      [2, 'app'],
    ] as const);
    this.killing = random.pick([0, 0.001, 0.01]);
    this.disk = { failing: random.pick([0, 0.005]), forgetting: 0, ...sabotage.disk };
    this.network = new Network(this.clock, random, (event) => watch.note(event));
    this.browser = new Browser(
      this.clock,
      random,
      (name) => this.everyTab.get(name.split('#').at(-1) as string) as Tab,
      this.disk,
    );
    this.server = createFakeServer({
      clock: this.clock,
      accessTokenSeconds: random.pick([300, 1_800, 7_200]),
    });
    this.server.faults.each(() => this.network.interfere);
  }

  /** What the client finds in `globalThis`. */
  globals(): Record<string, unknown> {
    return this.browser.globals(this.random.chance(0.5));
  }

  /** Tabs that are there and awake. */
  running(): Tab[] {
    return this.tabs.filter(({ frozen }) => !frozen);
  }

  anyTab(): Tab | undefined {
    const running = this.running();
    return running.length > 0 ? this.random.pick(running) : undefined;
  }

  open(): void {
    const name = `tab-${this.everyTab.size + 1}`;
    const tab = new Tab(
      name,
      this.clock,
      () => this.random.chance(this.killing),
      () => this.bury(tab),
    );
    this.watch.note(`${name}: opened`);
    this.tabs.push(tab);
    this.everyTab.set(name, tab);
    if (this.kind === 'app' && this.random.chance(0.1))
      this.lockedUntil = this.clock.actualNow() + this.random.about(MINUTE);

    tab.client = createAuthClient(this.optionsOf(tab));
    tab.client.subscribe(() => this.watch.onChange(tab));
    void tab.client.ready();
  }

  close(tab: Tab): void {
    this.watch.note(`${tab.name}: closed`);
    if (this.random.chance(0.5)) tab.client.dispose();
    tab.kill();
  }

  closeAll(): void {
    for (const tab of [...this.tabs]) this.close(tab);
  }

  thawAll(): void {
    for (const tab of [...this.tabs]) tab.thaw();
  }

  tell(change: 'active' | 'online' | 'offline'): void {
    for (const tab of this.tabs) tab.run(() => tab.client.notify(change));
  }

  /** A phone may start an app before anybody has unlocked it. */
  lockedMs(): number {
    return Math.max(0, this.lockedUntil - this.clock.actualNow());
  }

  private optionsOf(tab: Tab): AuthClientOptions {
    const fetch = this.sabotage.fetch?.(this.server.fetch) ?? this.server.fetch;
    return {
      baseUrl: this.server.url,
      // For the browser that it runs in, which finds it in the names of locks and channels.
      name: `${this.name}#${tab.name}`,
      fetch: (input, init) => tab.send(fetch, input as string, init),
      clock: tab.clock,
      transport: this.kind === 'cookie' ? 'cookie' : 'bearer',
      storage: this.kind === 'app' ? this.storageOf(tab) : 'indexedDB',
      ...this.sabotage.options,
    };
  }

  private storageOf(tab: Tab): AuthStorage {
    const wait = () =>
      new Promise<void>((resolve) => void this.clock.setTimer(resolve, this.random.between(1, 20)));
    const read = () => {
      if (this.lockedMs() > 0) return { kind: 'unavailable' as const };
      return this.appStorage === undefined
        ? { kind: 'absent' as const }
        : { kind: 'value' as const, value: this.appStorage };
    };
    const write = (value: string) => {
      if (!tab.isAlive && this.random.chance(0.5)) return;
      if (!this.random.chance(this.disk.forgetting)) this.appStorage = value;
    };
    return {
      read: () => tab.learn(wait().then(read)),
      write: (value) => tab.learn(wait().then(() => write(value))),
    };
  }

  private bury(tab: Tab): void {
    this.watch.note(`${tab.name}: dead`);
    this.kills++;
    this.tabs = this.tabs.filter((other) => other !== tab);
    this.browser.forget(tab);
  }
}
