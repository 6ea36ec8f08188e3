import type { Announcer, Phase } from './announcer.js';
import type { Channel } from './channel.js';
import type { AuthClock } from './clock.js';
import { AuthError, toAuthError } from './errors.js';
import type { Api } from './http.js';
import { inTime } from './in-time.js';
import type { TokenDemand } from './options.js';
import type { Change } from './page.js';
import { type AuthRecord, signedOut, type SignedOutReason } from './record.js';
import type { Refresher } from './refresher.js';
import type { SharedRecord } from './shared-record.js';
import { marginMs, shortestIntervalMs, waitMs } from './timing.js';
import { endOfSession, wantsAnotherToken } from './verdict.js';

/** Timers are late or lost in tabs that sleep, so what is due is looked at again at least this often. */
const LONGEST_SLICE_MS = 30_000;

/** All tabs learn at the same moment that the network is back. */
const RETURN_SPREAD_MS = 1_000;

/** Keeps the session: reads it, refreshes it before its time, and serves tokens. */
export interface Keeper {
  /** Once it is known what is stored. Begins everything else. */
  load(): Promise<void>;
  /** Once the server has been asked, too, or has failed to answer in time. */
  ready(): Promise<void>;
  /** A good token, or an AuthError. */
  token(demand?: TokenDemand): Promise<string>;
  isDue(): boolean;
  /** Whether the token has just come. Where it is refused all the same, another one would be, too. */
  isNew(): boolean;
  /** Tells everybody what has become of the record. */
  announce(): void;
  /** Takes what another tab has told. */
  hear(record: AuthRecord): void;
  /** Ends this session, if it is still the one at hand. */
  end(sessionId: string | undefined, reason: SignedOutReason): Promise<void>;
  /** Ends it, if that is what a refusal means. */
  judge(error: unknown, sessionId: string | undefined): Promise<void>;
  notice(change: Change): void;
  dispose(): void;
}

interface Surroundings {
  readonly shared: SharedRecord;
  readonly refresher: Refresher;
  readonly announcer: Announcer;
  readonly channel: Channel;
  readonly api: Api;
  readonly clock: AuthClock;
  readonly watch: (onChange: (change: Change) => void) => () => void;
  readonly cookieTransport: boolean;
  readonly refreshMarginSeconds: number | undefined;
  readonly timeoutMs: number;
}

export function createKeeper(surroundings: Surroundings): Keeper {
  const { shared, refresher, announcer, channel, api, clock, cookieTransport, refreshMarginSeconds, timeoutMs } = surroundings;
  const jitter = Math.random();
  let phase: Phase = 'loading';
  let isOnline = true;
  let isDisposed = false;
  let mayReadAgain = true;
  let loading: Promise<void> | undefined;
  let validation: Promise<void> | undefined;
  let inFlight: Promise<AuthError | undefined> | undefined;
  let told: string | undefined;
  let stopWatching = () => {};
  let stopTimer = () => {};

  async function ready(): Promise<void> {
    mayReadAgain = true;
    await load();
    await validation;
  }

  async function load(): Promise<void> {
    if (isDisposed) throw new AuthError('disposed', 'aborted');
    if (mayReadAgain) await (loading ??= read());
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
    isOnline = globalThis.navigator?.onLine !== false;
    channel.open();
    stopWatching = surroundings.watch(notice);
  }

  function lock(code: string): void {
    phase = 'locked';
    loading = undefined;
    mayReadAgain = code !== 'declined' && code !== 'reauth_required';
    show();
    if (code === 'reauth_required') announcer.tell('reauthRequired', {});
  }

  /** Whether the session that was found is still one. An app that is offline is not kept waiting, and silence signs nobody out. */
  async function validate(): Promise<void> {
    const { session, generation } = shared.current;
    if (shared.remainingMs() > 0) {
      open();
      if (isOnline) await verify(session?.id, session?.accessToken);
    } else if (isOnline && (session || (cookieTransport && generation === 0))) {
      await inTime(clock, timeoutMs, undefined, refresh()).catch(() => {});
    }
    open();
  }

  function open(): void {
    phase = 'open';
    show();
  }

  async function verify(sessionId: string | undefined, token: string | undefined): Promise<void> {
    try {
      await api('/api/auth/verify', { method: 'GET', token });
      announce();
    } catch (error) {
      await judge(error, sessionId);
      const { status, problem } = toAuthError(error);
      if (wantsAnotherToken(status, problem)) await refresh();
    }
  }

  async function judge(error: unknown, sessionId: string | undefined): Promise<void> {
    const { status, problem } = toAuthError(error);
    const reason = endOfSession(status, problem);
    if (reason) await end(sessionId, reason);
  }

  async function token({
    minValiditySeconds = 0,
    forceRefresh = false,
    signal,
    timeoutMs: patienceMs = 2 * timeoutMs,
  }: TokenDemand = {}): Promise<string> {
    const giveUpAt = clock.monotonic() + patienceMs;
    const soonEnough = <T>(promise: Promise<T>) => inTime(clock, giveUpAt - clock.monotonic(), signal, promise);
    const isGoodFor = (milliseconds: number) => !forceRefresh && shared.remainingMs() > milliseconds;

    await soonEnough(load());
    let failure: AuthError | undefined;
    if (isGoodFor(minValiditySeconds * 1000)) schedule();
    else {
      do failure = await soonEnough(attempt()).catch(toAuthError);
      while (failure && !isGoodFor(0) && mayTryAgainBefore(giveUpAt) && !signal?.aborted);
    }
    if (failure && !isGoodFor(0)) throw failure;
    return presentToken();
  }

  function attempt(): Promise<AuthError | undefined> {
    if (!shared.current.session) return Promise.resolve(undefined);
    return isOnline ? refresh() : Promise.resolve(new AuthError('network_error', 'network'));
  }

  function mayTryAgainBefore(giveUpAt: number): boolean {
    const { session, retry } = shared.current;
    return isOnline && !!session && clock.monotonic() + waitMs(retry?.notBefore ?? 0, clock.now()) < giveUpAt;
  }

  function presentToken(): string {
    const { accessToken } = shared.current.session ?? {};
    if (phase === 'locked') throw new AuthError('storage_unavailable', 'storage');
    if (!accessToken) throw new AuthError('not_authenticated', 'auth');
    return accessToken;
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
    if (news !== told) channel.post(shared.current);
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
    if (isDisposed || inFlight) return;
    if (phase === 'locked') wakeAfter(LONGEST_SLICE_MS, () => void load());
    else if (phase === 'open' && isOnline && shared.current.session) refreshWhenDue();
  }

  function refreshWhenDue(): void {
    const dueMs = Math.max(remainingUntilMargin(), waitMs(shared.current.retry?.at ?? 0, clock.now()), restMs());
    if (dueMs > 0) wakeAfter(Math.min(dueMs, LONGEST_SLICE_MS), schedule);
    else void refresh();
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
    return shared.current.session?.accessToken ? shortestIntervalMs(lifetimeSeconds()) - ageMs : 0;
  }

  function lifetimeSeconds(): number {
    return shared.current.session?.expiresInSeconds ?? 0;
  }

  async function end(sessionId: string | undefined, reason: SignedOutReason): Promise<void> {
    await shared.update((record) => (record.session && record.session.id === sessionId ? signedOut(record, reason) : record));
    announce();
  }

  function notice(change: Change): void {
    if (isDisposed) return;
    if (change === 'hidden') return channel.close();
    channel.open();
    if (change === 'offline' || change === 'online') isOnline = change === 'online';
    show();
    if (change === 'active') void lookAgain();
    if (change === 'online') wakeAfter(Math.random() * RETURN_SPREAD_MS, () => void tryAgain());
  }

  /** Messages of other tabs may have been missed. */
  async function lookAgain(): Promise<void> {
    if (phase === 'locked') return load();
    await shared.update((record) => record).catch(() => {});
    show();
  }

  async function tryAgain(): Promise<void> {
    await shared
      .update((record) => ({ ...record, retry: record.retry && { ...record.retry, at: record.retry.notBefore } }))
      .catch(() => {});
    show();
  }

  return {
    load,
    ready,
    token,
    isNew: () => restMs() > 0,
    isDue: () => !!shared.current.session && remainingUntilMargin() <= 0,
    announce,
    hear,
    end,
    judge,
    notice,
    dispose() {
      isDisposed = true;
      stopTimer();
      stopWatching();
      channel.close();
      refresher.abort();
    },
  };
}
