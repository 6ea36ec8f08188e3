import type { Announcer, Phase } from './announcer.js';
import { openChannel, type Post } from './channel.js';
import { AuthError, toAuthError } from './errors.js';
import { inTime } from './in-time.js';
import type { Settings, TokenDemand } from './options.js';
import { type Change, watchPage } from './page.js';
import { type AuthRecord, signedOut, type SignedOutReason } from './record.js';
import type { Refresher } from './refresher.js';
import type { SharedRecord } from './shared-record.js';
import { marginMs, pause, shortestIntervalMs, waitMs } from './timing.js';

/**
 * Timers are late or lost in tabs that sleep, so what is due is looked at again at least this
 * often.
 */
const LONGEST_SLICE_MS = 30_000;

/**
 * How often a server that renews access tokens, but gives no refresh tokens, is asked whether the
 * time has come.
 */
const RENEWAL_INTERVAL_MS = 10_000;

/** All tabs learn at the same moment that the network is back. */
const RETURN_SPREAD_MS = 1_000;

/** Keeps the session: reads it, refreshes it before its time, and serves tokens. */
export interface Keeper {
  /** Once it is known what is stored. Begins everything else. */
  load(): Promise<void>;
  /** Once the server has been asked, too, or has failed to answer in time. */
  ready(): Promise<void>;
  /**
   * A good token; nothing where nobody is signed in. Rejects with an AuthError where there should
   * be one, and cannot be had.
   */
  token(demand?: TokenDemand): Promise<string | undefined>;
  isDue(): boolean;
  /**
   * Whether the token has just come. Where it is refused all the same, another one would be, too.
   */
  isNew(): boolean;
  /** Tells everybody what has become of the record. */
  announce(): void;
  /** Ends this session, if it is still the one at hand. */
  end(sessionId: string | undefined, reason: SignedOutReason): Promise<void>;
  notice(change: Change): void;
  dispose(): void;
}

/**
 * @param channel the name under which tabs tell each other; none where there is one tab only
 * @param verify asks the server whether the token is good, and learns from the answer
 */
export function createKeeper(
  { clock, cookieTransport, refreshMarginSeconds, timeoutMs }: Settings,
  shared: SharedRecord,
  refresher: Refresher,
  announcer: Announcer,
  channel: string | false | undefined,
  verify: () => Promise<unknown>,
): Keeper {
  const disposal = new AbortController();
  const jitter = Math.random();
  let phase: Phase = 'loading';
  let isOnline = true;
  let mayReadAgain = true;
  let loading: Promise<void> | undefined;
  let validation: Promise<void> | undefined;
  let inFlight: Promise<AuthError | undefined> | undefined;
  let told: string | undefined;
  let post: Post = () => {};
  let stopTimer = () => {};

  async function ready(): Promise<void> {
    mayReadAgain = true;
    await load();
    await validation;
  }

  async function load(): Promise<void> {
    if (mayReadAgain && !disposal.signal.aborted) await (loading ??= read());
  }

  async function read(): Promise<void> {
    if (phase === 'loading') listen();
    try {
      await shared.update((record) => record);
      validation = validate();
    } catch (error) {
      lock((error as AuthError).code);
    }
  }

  function listen(): void {
    // Node has a navigator that does not know.
    isOnline &&= (globalThis.navigator as Partial<Navigator> | undefined)?.onLine ?? true;
    if (channel) post = openChannel(channel, hear, disposal.signal);
    watchPage(notice, disposal.signal);
  }

  function lock(code: string): void {
    phase = 'locked';
    loading = undefined;
    mayReadAgain = code !== 'declined' && code !== 'reauth_required';
    show();
    if (code === 'reauth_required') announcer.tell('reauthRequired', {});
  }

  /**
   * Whether the session that was found is still one. An app that is offline is not kept waiting,
   * and silence signs nobody out.
   */
  async function validate(): Promise<void> {
    const { session, generation } = shared.current;
    const isGood = shared.remainingMs() > 0;
    if (isGood) open();
    else show();
    if (isOnline && (isGood || session || (cookieTransport && !generation))) {
      await inTime(clock, timeoutMs, undefined, isGood ? verify() : refresh()).catch(() => {});
    }
    open();
  }

  function open(): void {
    phase = 'open';
    show();
  }

  async function token({
    minValiditySeconds = 0,
    forceRefresh = false,
    signal,
    timeoutMs: patienceMs = 2 * timeoutMs,
  }: TokenDemand = {}): Promise<string | undefined> {
    const giveUpAt = clock.monotonic() + patienceMs;
    const soonEnough = <T>(promise: Promise<T>) =>
      inTime(clock, giveUpAt - clock.monotonic(), signal, promise);
    const isGoodFor = (milliseconds: number) =>
      !forceRefresh && shared.remainingMs() > milliseconds;

    if (disposal.signal.aborted) throw new AuthError('aborted', 'disposed');
    await soonEnough(load());
    let failure: AuthError | undefined;
    let isWanted = !isGoodFor(minValiditySeconds * 1000);
    if (!isWanted) schedule();
    while (isWanted && shared.current.session) {
      failure = isOnline
        ? await soonEnough(refresh()).catch(toAuthError)
        : new AuthError('network');
      const againAt = clock.monotonic() + waitMs(shared.current.retry?.notBefore, clock.now());
      isWanted = !!failure && isOnline && !isGoodFor(0) && againAt < giveUpAt && !signal?.aborted;
    }
    if (failure && !isGoodFor(0)) throw failure;
    if (phase === 'locked') throw new AuthError('storage');
    return shared.current.session?.accessToken;
  }

  /** The one refresh of this tab, which everybody joins. */
  function refresh(): Promise<AuthError | undefined> {
    return (inFlight ??= refreshAndAnnounce());
  }

  async function refreshAndAnnounce(): Promise<AuthError | undefined> {
    const failure = await refresher.refresh();
    inFlight = undefined;
    announce();
    if (failure && failure.kind !== 'aborted') announcer.tell('refreshFailed', { error: failure });
    return failure;
  }

  /** What another tab has told already is not told again. */
  function announce(): void {
    const news = JSON.stringify(shared.current);
    if (news !== told) post(shared.current);
    told = news;
    open();
  }

  function hear(record: AuthRecord): void {
    shared.adopt(record);
    told = JSON.stringify(shared.current);
    if (!shared.current.session) refresher.abort();
    show();
  }

  function show(): void {
    announcer.show(phase, shared.current, isOnline);
    schedule();
  }

  function schedule(): void {
    stopTimer();
    if (disposal.signal.aborted || inFlight) return;
    if (phase === 'locked') wakeAfter(LONGEST_SLICE_MS, () => void load());
    else if (phase === 'open' && isOnline && shared.current.session) refreshWhenDue();
  }

  function refreshWhenDue(): void {
    const dueMs = Math.max(
      remainingUntilMargin(),
      waitMs(shared.current.retry?.at, clock.now()),
      restMs(),
    );
    if (dueMs > 0) wakeAfter(Math.min(dueMs, LONGEST_SLICE_MS), schedule);
    else if (cookieTransport || shared.current.session?.refreshToken) void refresh();
    else {
      wakeAfter(RENEWAL_INTERVAL_MS, schedule);
      verify().catch(() => {});
    }
  }

  function wakeAfter(milliseconds: number, wake: () => void): void {
    stopTimer = clock.setTimer(wake, milliseconds, true);
  }

  function remainingUntilMargin(): number {
    return shared.remainingMs() - marginMs(lifetimeSeconds(), refreshMarginSeconds, jitter);
  }

  /** How long a token that has just come is left alone, however near its end it may seem. */
  function restMs(): number {
    const ageMs = lifetimeSeconds() * 1000 - shared.remainingMs();
    return shortestIntervalMs(lifetimeSeconds()) - ageMs;
  }

  function lifetimeSeconds(): number {
    return shared.current.session?.expiresInSeconds ?? 0;
  }

  async function end(sessionId: string | undefined, reason: SignedOutReason): Promise<void> {
    await shared.update((record) =>
      record.session && record.session.id === sessionId ? signedOut(record, reason) : record,
    );
    announce();
  }

  function notice(change: Change): void {
    if (change !== 'active') isOnline = change === 'online';
    void lookAgain(change === 'online');
  }

  /**
   * Messages of other tabs may have been missed. Whoever is back from being offline need not wait
   * any longer for what has failed before.
   */
  async function lookAgain(isBack: boolean): Promise<void> {
    if (phase !== 'open') return load();
    const soon = pause(clock.now(), Math.random() * RETURN_SPREAD_MS);
    await shared.update((record) => (isBack ? { ...record, retry: soon } : record)).catch(() => {});
    show();
  }

  return {
    load,
    ready,
    token,
    isNew: () => restMs() > 0,
    isDue: () => !!shared.current.session && remainingUntilMargin() <= 0,
    announce,
    end,
    notice,
    dispose() {
      disposal.abort();
      stopTimer();
      refresher.abort();
    },
  };
}
