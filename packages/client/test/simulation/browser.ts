import type { FakeClock } from '../../src/testing/index.js';
import type { Random } from '../../../../test/support/random.js';
import type { Tab } from './tab.js';

/** What befalls a disk. */
export interface DiskFaults {
  /** How often a transaction fails; never twice in a row. */
  readonly failing: number;
  /**
   * How often one is reported as done and is not. No honest disk does that; it is there to try the
   * simulation.
   */
  readonly forgetting: number;
}

interface Channel {
  readonly tab: Tab;
  onmessage?: (event: { data: unknown }) => void;
}

interface Waiting {
  readonly tab: Tab;
  readonly grant: () => void;
}

/** Where a tab is known by its name, which the client makes part of every other name. */
export type TabOf = (name: string) => Tab;

/**
 * The parts of a browser that tabs share, as far as the client uses them: IndexedDB with one
 * record, whose transactions come one after the other and may die with their tab, BroadcastChannel,
 * and Web Locks.
 */
export class Browser {
  private stored: unknown;
  private hasFailed = false;
  private transactions: Promise<unknown> = Promise.resolve();
  private readonly channels = new Set<Channel>();
  private waiting: Waiting[] = [];
  private holder: Waiting | undefined;

  constructor(
    private readonly clock: FakeClock,
    private readonly random: Random,
    private readonly tabOf: TabOf,
    private readonly disk: DiskFaults,
  ) {}

  /** What the client finds in `globalThis`. */
  globals(hasLocks: boolean): Record<string, unknown> {
    // The class below has a `this` of its own.
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const browser = this;
    class BroadcastChannel implements Channel {
      readonly tab: Tab;
      onmessage?: (event: { data: unknown }) => void;

      constructor(name: string) {
        this.tab = browser.tabOf(name);
        browser.channels.add(this);
      }

      postMessage(data: unknown): void {
        for (const channel of browser.channels)
          if (channel !== this) void browser.tell(channel, structuredClone(data));
      }

      close(): void {
        browser.channels.delete(this);
      }
    }
    return {
      indexedDB: { open: () => this.open() },
      BroadcastChannel,
      navigator: hasLocks ? { locks: { request: this.requestLock } } : {},
    };
  }

  /** Its locks and channels go with a tab. */
  forget(dead: Tab): void {
    for (const channel of this.channels) if (channel.tab === dead) this.channels.delete(channel);
    this.waiting = this.waiting.filter(({ tab }) => tab !== dead);
    if (this.holder?.tab === dead) this.passLockOn();
  }

  private wait(least: number, most: number): Promise<void> {
    return new Promise(
      (resolve) => void this.clock.setTimer(resolve, this.random.between(least, most)),
    );
  }

  private async tell(channel: Channel, data: unknown): Promise<void> {
    await this.wait(1, this.random.chance(0.05) ? 500 : 5);
    channel.tab.run(() => this.channels.has(channel) && channel.onmessage?.({ data }));
  }

  private open() {
    const database = { transaction: () => this.transaction(), close: () => {} };
    const request: { result: unknown; onsuccess?: () => void } = { result: database };
    void this.wait(1, 5).then(() => request.onsuccess?.());
    return request;
  }

  private transaction() {
    const handlers: { error: Error; oncomplete?: () => void; onabort?: () => void } = {
      error: new Error('aborted'),
    };
    const read: { result?: unknown; onsuccess?: () => void } = {};
    let written: unknown;
    const objectStore = {
      get: (key: string) => {
        this.transactions = this.transactions.then(() => run(this.tabOf(key)));
        return read;
      },
      put: (value: unknown) => {
        written = value;
      },
    };

    const run = async (tab: Tab): Promise<void> => {
      await this.wait(1, this.random.chance(0.01) ? 4_000 : 5);
      if (!tab.survives()) return;
      // A browser does not wait for a tab that it has frozen.
      if (tab.frozen || this.fails()) return tab.run(() => handlers.onabort?.());
      read.result = this.stored;
      read.onsuccess?.();
      await this.wait(1, 5);
      if (!tab.isAlive && this.random.chance(0.5)) return;
      if (written && !this.random.chance(this.disk.forgetting)) this.stored = written;
      if (tab.survives()) tab.run(() => handlers.oncomplete?.());
    };

    return Object.assign(handlers, { objectStore: () => objectStore });
  }

  private fails(): boolean {
    this.hasFailed = !this.hasFailed && this.random.chance(this.disk.failing);
    return this.hasFailed;
  }

  private readonly requestLock = (
    name: string,
    { signal }: { signal: AbortSignal },
    work: () => Promise<void>,
  ): Promise<void> =>
    new Promise((resolve, reject) => {
      const waiting: Waiting = {
        tab: this.tabOf(name),
        grant: () => {
          const release = () => {
            if (this.holder === waiting) this.passLockOn();
          };
          work().then(resolve, reject).finally(release);
        },
      };
      signal.addEventListener('abort', () => {
        if (!this.waiting.includes(waiting)) return;
        this.waiting = this.waiting.filter((other) => other !== waiting);
        reject(signal.reason as Error);
      });
      this.waiting.push(waiting);
      if (!this.holder) this.passLockOn();
    });

  private passLockOn(): void {
    this.holder = this.waiting.shift();
    const { tab, grant } = this.holder ?? {};
    if (grant) void this.wait(1, 3).then(() => tab?.run(grant));
  }
}
