import { sleep } from '../clock.js';
import { type AuthError, toAuthError } from '../errors.js';
import { inTime } from '../in-time.js';
import { open } from '../keeper.js';
import type { TokenDemand } from '../options.js';
import { remainingMs } from '../record/shared-record.js';
import type { ClientState } from '../state.js';
import { ownRestMs, refresh } from './refresh.js';
import { degradedError, waitMs } from './timing.js';

/**
 * How long a caller waits between attempts, unless they say how long they wait: what cannot change
 * soon is told soon.
 */
const LONGEST_PAUSES_MS = 2_000;

/**
 * A good access token; nothing where nobody is signed in. Rejects with an AuthError where there
 * should be one, and cannot be had.
 */
export async function accessToken(
  client: ClientState,
  { minValiditySeconds = 0, forceRefresh, signal, timeoutMs }: TokenDemand = {},
): Promise<string | undefined> {
  const { clock } = client;
  const giveUpAt = clock.monotonic() + (timeoutMs ?? 2 * client.timeoutMs);
  const inPatience = <T>(promise: Promise<T>) =>
    inTime(clock, giveUpAt - clock.monotonic(), signal, promise);
  const isGoodFor = (milliseconds: number) =>
    !forceRefresh &&
    !!client.record.session?.access_token &&
    (remainingMs(client) > milliseconds || ownRestMs(client) > 0);

  await inPatience(open(client));
  let failure: AuthError | undefined;
  let pausesMs = 0;
  let isWanted = !isGoodFor(minValiditySeconds * 1000);
  while (isWanted && client.record.session) {
    const { retry } = client.record;
    const pauseMs = waitMs(retry?.notBefore, clock.now());
    pausesMs += pauseMs;
    if (pausesMs > (timeoutMs ?? LONGEST_PAUSES_MS)) {
      failure ??= degradedError(retry, clock.now());
      break;
    }
    // Somebody may sign out meanwhile.
    const refreshed = sleep(clock, pauseMs).then(() =>
      client.record.session ? refresh(client) : undefined,
    );
    failure = await inPatience(refreshed).catch(toAuthError);
    const mayTryAgain = failure?.kind !== 'aborted' && clock.monotonic() < giveUpAt;
    isWanted = !!failure && mayTryAgain && !isGoodFor(0);
  }
  if (failure && !isGoodFor(0)) throw failure;
  return client.record.session?.access_token;
}
