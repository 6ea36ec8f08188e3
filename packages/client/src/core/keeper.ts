import type { ErrorCode } from '#protocol';
import { log, showSnapshot, tell } from './announcer.js';
import { flushEndings } from './endings.js';
import { AuthError } from './errors.js';
import { callApi } from './http/api.js';
import { inTime } from './in-time.js';
import { nextPhase, type PhaseEvent } from './phase.js';
import { signedOut, type SignedOutReason } from './record/record.js';
import { remainingMs, update } from './record/shared-record.js';
import { abortExchange } from './refresh/exchange.js';
import { refresh } from './refresh/refresh.js';
import { untilDueMs, wakeAfter } from './refresh/schedule.js';
import { pause } from './refresh/timing.js';
import { endOfSession } from './refresh/verdict.js';
import type { ClientState } from './state.js';
import { announceToTabs, closeChannel, openChannel } from './tabs/broadcast.js';
import { type Change, watchPage } from './tabs/page.js';

/** All tabs learn at the same moment that the network is back. */
const RETURN_SPREAD_MS = 1_000;

/** How long before its end a session that is not prolonged any more is reported. */
const END_NEAR_MS = 300_000;

/** Once the server has been asked, too, or has failed to respond in time. Never rejects. */
export async function ready(client: ClientState): Promise<void> {
  client.phase = nextPhase(client.phase, 'asked');
  await load(client).catch(() => {});
  await client.validation;
}

/** Rejects with an AuthError where the session cannot be read just now. */
export async function open(client: ClientState): Promise<void> {
  await load(client);
  if (client.phase === 'locked' || client.phase === 'declined') throw new AuthError('storage');
}

/**
 * Once it is known what is stored. Begins everything else. Rejects with `disposed` where the client
 * is.
 */
export async function load(client: ClientState): Promise<void> {
  if (client.phase === 'disposed') throw new AuthError('aborted', 'disposed');
  if (client.phase !== 'declined') await (client.loading ??= read(client));
}

async function read(client: ClientState): Promise<void> {
  if (client.phase === 'loading') start(client);
  try {
    await update(client, (record) => record);
    client.validation = validate(client);
    void flushEndings(client);
  } catch (error) {
    const { code } = error as AuthError;
    client.loading = undefined;
    enter(client, code === 'declined' || code === 'reauth_required' ? 'declined' : 'locked');
    if (code === 'reauth_required') tell(client, 'reauthRequired');
  }
}

function start(client: ClientState): void {
  client.jitter = Math.random();
  // Node has a navigator that does not know.
  client.isOnline &&= (globalThis.navigator as Partial<Navigator> | undefined)?.onLine ?? true;
  openChannel(client, () => {
    if (!client.record.session) abortExchange(client);
    show(client);
  });
  client.stopWatching = watchPage((change) => notice(client, change));
}

/**
 * Whether the session that was found is still one. An app that is offline is not kept waiting, and
 * silence signs nobody out.
 */
async function validate(client: ClientState): Promise<void> {
  const { session, generation } = client.record;
  const isGood = remainingMs(client) > 0;
  if (isGood) enter(client, 'open');
  else show(client);
  if (client.isOnline && (session || (client.cookieTransport && !generation))) {
    const asked: Promise<unknown> = isGood ? verify(client) : refresh(client);
    await inTime(client.clock, client.timeoutMs, undefined, asked).catch(() => {});
  }
  enter(client, 'open');
}

async function verify(client: ClientState): Promise<void> {
  const { access_token: token, session_id } = client.record.session ?? {};
  try {
    await callApi(client, '/api/auth/verify', { method: 'GET', token });
    announce(client);
  } catch (error) {
    const reason = endOfSession(error as AuthError);
    if (reason) await end(client, session_id, reason);
    else if ((error as AuthError).code === ('token_expired' satisfies ErrorCode))
      await refresh(client);
  }
}

function enter(client: ClientState, event: PhaseEvent): void {
  client.phase = nextPhase(client.phase, event);
  show(client);
}

function show(client: ClientState): void {
  showSnapshot(client);
  check(client);
}

/** Shows everybody what has become of the record. */
export function announce(client: ClientState): void {
  announceToTabs(client);
  enter(client, 'open');
}

export function afterRefresh(client: ClientState, failure: AuthError | undefined): void {
  announce(client);
  if (!failure || failure.kind === 'aborted' || failure.kind === 'auth') return;
  const mustSignIn = failure.code === ('reauthentication_required' satisfies ErrorCode);
  tell(client, mustSignIn ? 'reauthRequired' : 'refreshFailed', { error: failure });
}

/** Refreshes where that is due, and else looks again when it may be. */
function check(client: ClientState): void {
  const { phase, record } = client;
  client.stopTimer?.();
  if (phase === 'locked') wakeAfter(client, Infinity, () => void load(client));
  if (phase !== 'open' || !record.session || !client.isOnline || client.refreshing) return;
  const dueMs = untilDueMs(client);
  log(client, 'debug', 'check', { dueMs });
  if (dueMs > 0) {
    wakeAfter(client, dueMs, () => check(client));
    warnOfEnd(client, record.session.endsAt);
  } else void refresh(client);
}

function warnOfEnd(client: ClientState, endsAt = Infinity): void {
  const wasEndNear = client.isEndNear;
  client.isEndNear = endsAt - client.clock.now() <= END_NEAR_MS;
  if (client.isEndNear && !wasEndNear) tell(client, 'expiresSoon', { endsAt });
}

/** Ends this session, if it is still the one at hand. */
export async function end(
  client: ClientState,
  sessionId: string | undefined,
  reason: SignedOutReason,
): Promise<void> {
  await update(client, (record) =>
    record.session && record.session.session_id === sessionId ? signedOut(record, reason) : record,
  );
  announce(client);
}

export function notice(client: ClientState, change: Change): void {
  if (change !== 'active') client.isOnline = change === 'online';
  void lookAgain(client, change === 'online').catch(() => {});
}

/**
 * Messages of other tabs may have been missed. Whoever is back from being offline need not wait any
 * longer for what has failed before.
 */
async function lookAgain(client: ClientState, isBack: boolean): Promise<void> {
  if (client.phase !== 'open') return load(client);
  const retry = pause(client.clock.now(), Math.random() * RETURN_SPREAD_MS);
  await update(client, (record) => (isBack ? { ...record, retry } : record));
  void flushEndings(client);
  show(client);
}

/** Lets go of all that the platform has given, for good. */
export function dispose(client: ClientState): void {
  client.phase = 'disposed';
  client.stopTimer?.();
  client.stopEndingsTimer?.();
  client.stopWatching?.();
  closeChannel(client);
  abortExchange(client, true);
  client.store.close?.();
}
