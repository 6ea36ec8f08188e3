import type { ThrottlerModuleOptions, ThrottlerOptions } from '@nestjs/throttler';
import type { Config } from '../../platform/config/index.js';
import { CountingStorage, networkOf, type Counters } from '../../platform/throttling/index.js';
import type { RefreshToken } from '../tokens/claims.js';
import { pairOf, type LoginAttempt } from './pair.js';

const WINDOW_MS = 60_000;

/** The limits, by the names that metrics call them by. */
export type LimitName = 'refresh' | 'unknown_token' | 'login' | 'login_network';

/** What each limit counts by, for `@nestjs/throttler`. */
export function limits({ limits: aMinute }: Config, counters: Counters): ThrottlerModuleOptions {
  return {
    storage: new CountingStorage(counters),
    throttlers: [
      limit(
        'refresh',
        aMinute.refreshPerSession,
        (request: { user: RefreshToken }) => request.user.sessionId,
      ),
      limit('unknown_token', aMinute.unknownPerNetwork, (request: { ip: string }) =>
        networkOf(request.ip),
      ),
      // First the pair: what it refuses uses up nothing of the limit that a whole office shares.
      limit('login', aMinute.loginPerAccountAndNetwork, (request: LoginAttempt) => pairOf(request)),
      limit('login_network', aMinute.loginPerNetwork, (request: { ip: string }) =>
        networkOf(request.ip),
      ),
    ],
  };
}

/** 0 turns a limit off; the throttler would take it for "none at all". */
function limit<Request>(
  name: LimitName,
  aMinute: number,
  countedBy: (request: Request) => string,
): ThrottlerOptions {
  return {
    name,
    ttl: WINDOW_MS,
    limit: aMinute,
    skipIf: () => aMinute === 0,
    getTracker: (request) => countedBy(request as Request),
  };
}
