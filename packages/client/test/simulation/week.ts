import { AuthError } from '../../src/core/index.js';
import { Device, type Sabotage } from './device.js';
import type { Weather } from './network.js';
import { Random } from '../../../../test/support/random.js';
import type { Tab } from './tab.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const EMAIL = 'ada@example.com';

/** A click of the mouse is not what time is measured by. */
const STEP_MS = 500;

/** How soon a sign-out is known in every tab. */
const SPREAD_MS = 1_000;

/**
 * How long a tab may still show a former session's end after the user has signed in again in
 * another one.
 */
const ECHO_MS = 10_000;

export interface WeekReport {
  readonly seed: number;
  readonly refreshes: number;
  readonly faults: number;
  readonly kills: number;
  readonly requests: number;
  /** What the user has asked for: sign-outs, and changes of password whose answer was lost. */
  readonly signOuts: number;
  readonly lostPasswordChanges: number;
  /** What must not be. What led to it is in `trace`. */
  readonly found: readonly string[];
  readonly trace: readonly string[];
}

/** One week of one user and one device, the same one for the same seed. */
export async function simulateWeek(seed: number, sabotage: Sabotage = {}): Promise<WeekReport> {
  const random = new Random(seed);
  const week = new Week(seed, random, sabotage);
  const putBack = replaceGlobals(week.globals());
  const { random: chance } = Math;
  Math.random = random.next;
  try {
    return await week.live();
  } finally {
    Math.random = chance;
    putBack();
  }
}

function replaceGlobals(replacements: Record<string, unknown>): () => void {
  const before = Object.keys(replacements).map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  for (const [name, value] of Object.entries(replacements)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  };
}

class Week {
  private readonly device: Device;
  private readonly startedAt: number;

  /**
   * What the user has good reason to expect; `in doubt` after a change of password of which nobody
   * knows whether it was made.
   */
  private expected: 'signed out' | 'signed in' | 'in doubt' = 'signed out';
  private doubtsSince = 0;
  private passwords: readonly [string, string] = [
    'violet-Harbor-73-lantern',
    'copper-Meadow-58-anchor',
  ];
  private hasSignedOutBefore = false;

  private readonly counts = { requests: 0, signOuts: 0, lostPasswordChanges: 0 };
  private readonly findings: string[] = [];
  private readonly trace: string[] = [];

  constructor(
    private readonly seed: number,
    private readonly random: Random,
    sabotage: Sabotage,
  ) {
    this.device = new Device(random, sabotage, {
      note: (event) => this.note(event),
      onChange: (tab) => this.observe(tab),
    });
    this.startedAt = this.device.clock.actualNow();
    this.device.server.addUser({ email: EMAIL, password: this.passwords[0] });
    this.device.server.handle('GET /api/orders', () => Response.json([]));
  }

  globals(): Record<string, unknown> {
    return this.device.globals();
  }

  async live(): Promise<WeekReport> {
    this.note(`seed ${this.seed}, ${this.device.kind}`);
    this.device.open();
    await this.keepSignedIn();
    while (this.device.clock.actualNow() < this.startedAt + 7 * DAY && this.findings.length === 0) {
      await this.random.weighted(this.activities)();
      if (this.device.running().length === 0) this.device.open();
      await this.keepSignedIn();
    }
    if (this.findings.length === 0) await this.endWell();
    this.device.closeAll();
    const { server, network, kills } = this.device;
    const outside = { refreshes: server.refreshes.length, faults: network.faults, kills };
    return { seed: this.seed, ...outside, ...this.counts, found: this.findings, trace: this.trace };
  }

  private readonly activities: readonly (readonly [
    weight: number,
    activity: () => Promise<void>,
  ])[] = [
    [8, () => this.use()],
    [3, () => this.pass('idle', this.random.about(20 * MINUTE))],
    [5, () => this.sleep()],
    [4, () => this.closeForHours()],
    [2, () => this.during('bad', this.random.about(10 * MINUTE))],
    [2, () => this.during('outage', this.random.about(5 * MINUTE))],
    [2, () => this.loseNetwork()],
    [1, () => this.setCalendar()],
    [6, () => this.random.weighted(this.doings)()],
  ];

  /** Done in any weather. */
  private readonly doings: readonly (readonly [weight: number, doing: () => Promise<void>])[] = [
    [6, () => this.use()],
    [3, () => this.openAnother()],
    [2, () => this.closeOne()],
    [2, () => this.freezeOne()],
    [1, () => this.refreshByHand()],
    [0.5, () => this.changePassword()],
    [0.5, () => this.signOut()],
  ];

  // What the user does.

  private async use(): Promise<void> {
    for (let visits = this.random.whole(1, 3); visits > 0; visits--) {
      for (let requests = this.random.whole(1, 2); requests > 0; requests--)
        this.request(this.device.anyTab());
      await this.pass('use', this.random.about(4 * MINUTE));
    }
  }

  private request(tab: Tab | undefined): void {
    this.counts.requests++;
    tab?.client.fetch('/api/orders').then(
      ({ status }) => this.note(`${tab.name}: answered ${status}`),
      (error: unknown) =>
        this.note(
          `${tab.name}: no answer, ${error instanceof AuthError ? error.code : String(error)}`,
        ),
    );
  }

  private async refreshByHand(): Promise<void> {
    const tab = this.device.anyTab();
    if (tab) await this.within(MINUTE, tab.client.refreshToken());
  }

  /** What follows comes while it is under way, more often than chance would have it. */
  private async beginRefresh(): Promise<void> {
    if (this.random.chance(0.7))
      void this.device
        .anyTab()
        ?.client.refreshToken()
        .catch(() => {});
    await this.device.clock.advance(this.random.between(0, 100));
  }

  private async changePassword(): Promise<void> {
    const tab = this.device.anyTab();
    if (!tab || this.expected !== 'signed in') return;
    const [current_password, new_password] = this.passwords;
    this.expected = 'in doubt';
    this.doubtsSince = this.device.clock.actualNow();
    const result = await this.within(
      MINUTE,
      tab.client.changePassword({ current_password, new_password }),
    );
    this.note(`${tab.name}: change of password ${result}`);
    this.passwords = [new_password, current_password];
    if (result === 'done' && this.expected === 'in doubt') this.expected = 'signed in';
  }

  private async signOut(): Promise<void> {
    const tab = this.device.anyTab();
    if (!tab) return;
    await this.beginRefresh();
    this.counts.signOuts++;
    this.expected = 'signed out';
    this.hasSignedOutBefore = true;
    const result = await this.within(MINUTE, tab.client.logout());
    this.note(`${tab.name}: signing out ${result}`);
    await this.pass('signed out', SPREAD_MS + this.random.about(10 * MINUTE));
    if (result === 'done') this.requireSignedOut();
  }

  private async keepSignedIn(): Promise<void> {
    await this.unlock();
    const tab = this.device.anyTab();
    if (this.expected === 'in doubt') await this.findOut(tab);
    if (this.expected !== 'signed out' || !tab) return;
    for (const password of this.passwords) {
      const result = await this.within(MINUTE, tab.client.login({ email: EMAIL, password }));
      this.note(`${tab.name}: signing in ${result}`);
      if (result === 'done') this.expected = 'signed in';
      if (result !== 'invalid_credentials') return;
    }
  }

  /** Nobody uses an app on a phone that they have not unlocked. */
  private async unlock(): Promise<void> {
    if (this.device.lockedMs() > 0) await this.pass('locked', this.device.lockedMs());
  }

  /**
   * Whether the password was changed, and with it the session: once no request can be under way any
   * more, the next refresh tells.
   */
  private async findOut(tab: Tab | undefined): Promise<void> {
    if (!tab || this.device.clock.actualNow() < this.doubtsSince + MINUTE) return;
    const result = await this.within(MINUTE, tab.client.refreshToken());
    if (this.expected === 'in doubt' && result === 'done') this.expected = 'signed in';
  }

  // What happens to the device.

  private async sleep(): Promise<void> {
    const milliseconds = this.random.about(12 * HOUR);
    this.note(`the device sleeps for ${Math.round(milliseconds / MINUTE)} minutes`);
    this.device.network.breakConnections();
    this.device.clock.sleep(milliseconds);
    if (this.random.chance(0.8)) this.device.tell('active');
    await this.pass('awake', this.random.about(MINUTE));
  }

  private async closeForHours(): Promise<void> {
    this.device.closeAll();
    await this.pass('closed', this.random.about(16 * HOUR));
    this.device.open();
  }

  private async loseNetwork(): Promise<void> {
    const isTold = this.random.chance(0.7);
    this.device.network.breakConnections();
    if (isTold) this.device.tell('offline');
    await this.during('offline', this.random.about(this.random.pick([MINUTE, 15 * MINUTE])));
    if (isTold) this.device.tell('online');
  }

  private async setCalendar(): Promise<void> {
    const milliseconds =
      this.random.pick([MINUTE, HOUR, 30 * DAY, 365 * DAY]) * this.random.between(-1, 1);
    this.note(`the calendar jumps by ${Math.round(milliseconds / MINUTE)} minutes`);
    this.device.clock.shiftCalendar(milliseconds);
    await this.use();
  }

  private async openAnother(): Promise<void> {
    if (this.device.kind === 'app' || this.device.running().length >= 6) return;
    this.device.open();
    await this.use();
  }

  private async closeOne(): Promise<void> {
    const tab = this.device.anyTab();
    if (tab) this.device.close(tab);
    await this.pass('one is closed', this.random.about(5_000));
  }

  private async freezeOne(): Promise<void> {
    const tab = this.device.anyTab();
    if (!tab) return;
    await this.beginRefresh();
    this.note(`${tab.name}: frozen`);
    tab.freeze();
    await this.use();
    this.note(`${tab.name}: thawed`);
    tab.thaw();
  }

  private async during(weather: Weather, milliseconds: number): Promise<void> {
    this.device.network.weather = weather;
    this.note(`weather: ${weather}`);
    for (let doings = this.random.whole(1, 2); doings > 0; doings--) {
      await this.random.weighted(this.doings)();
      await this.pass(weather, milliseconds / 2);
    }
    this.device.network.weather = 'fair';
    this.note('weather: fair');
  }

  private async pass(what: string, milliseconds: number): Promise<void> {
    this.note(`${what} for ${Math.round(milliseconds / 1000)} s`);
    await this.device.clock.advance(milliseconds);
  }

  // What must hold.

  private observe(tab: Tab): void {
    const snapshot = tab.client.getSnapshot();
    this.note(`${tab.name}: ${snapshot.status} ${'reason' in snapshot ? snapshot.reason : ''}`);
    if (snapshot.status !== 'unauthenticated' || this.expected === 'signed out') return;
    const { reason } = snapshot;
    // By cookie it is gone with the refusal, and may be missed before that is known.
    if (
      this.expected === 'in doubt' &&
      (reason === 'revoked' || (reason === 'expired' && this.device.kind === 'cookie'))
    ) {
      this.counts.lostPasswordChanges++;
      this.expected = 'signed out';
      this.hasSignedOutBefore = true;
      return;
    }
    const mayBeEcho = this.hasSignedOutBefore && (reason === 'signed_out' || reason === 'revoked');
    if (!mayBeEcho) this.report(`${tab.name}: unexpected sign-out, ${reason}`);
    else tab.clock.setTimer(() => this.hearNoEcho(tab), ECHO_MS);
  }

  private hearNoEcho(tab: Tab): void {
    const { status } = tab.client.getSnapshot();
    if (status === 'unauthenticated' && this.expected === 'signed in')
      this.report(`${tab.name}: signed out while others are signed in`);
  }

  private requireSignedOut(): void {
    for (const tab of this.device.running()) {
      if (tab.client.getSnapshot().status === 'authenticated')
        this.report(`${tab.name}: still signed in after a sign-out`);
    }
  }

  /** The weather is clear, and everybody is awake: then every tab gets its answer. */
  private async endWell(): Promise<void> {
    this.note('the last minutes');
    this.device.network.weather = 'clear';
    this.device.killing = 0;
    this.device.thawAll();
    this.device.tell('online');
    await this.device.clock.advance(3 * MINUTE);
    await this.keepSignedIn();
    await this.device.clock.advance(MINUTE);
    for (let attempts = 3; this.expected !== 'signed in' && attempts > 0; attempts--) {
      if (this.device.running().length === 0) this.device.open();
      await this.keepSignedIn();
      await this.device.clock.advance(MINUTE);
    }
    if (this.device.running().length === 0) this.device.open();
    await this.unlock();
    if (this.expected !== 'signed in') this.report('cannot sign in');

    for (const tab of this.device.running()) {
      const status = await this.outcome(
        MINUTE,
        tab.client.fetch('/api/orders').then(({ status: got }) => String(got)),
      );
      if (status !== '200' && tab.isAlive)
        this.report(`${tab.name}: no answer in clear weather, ${status}`);
    }
    const reused = this.device.server.refreshes.filter(
      ({ outcome }) => outcome === 'refresh_reuse_detected',
    );
    if (reused.length > 0) this.report('the server has taken a token of ours for stolen');
  }

  private report(what: string): void {
    this.note(`FOUND: ${what}`);
    this.findings.push(what);
  }

  private note(event: string): void {
    const hours = (this.device.clock.actualNow() - this.startedAt) / HOUR;
    this.trace.push(`${hours.toFixed(4)} h  ${event}`);
  }

  /** What becomes of it within that time: `done`, the code of its error, or `nothing`. */
  private within(milliseconds: number, promise: Promise<unknown>): Promise<string> {
    return this.outcome(
      milliseconds,
      promise.then(() => 'done'),
    );
  }

  private async outcome(milliseconds: number, promise: Promise<string>): Promise<string> {
    const seen = { outcome: 'nothing' };
    promise.then(
      (value) => (seen.outcome = value),
      (error: unknown) => (seen.outcome = error instanceof AuthError ? error.code : String(error)),
    );
    for (let waited = 0; waited < milliseconds && seen.outcome === 'nothing'; waited += STEP_MS)
      await this.device.clock.advance(STEP_MS);
    return seen.outcome;
  }
}
