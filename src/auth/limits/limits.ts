import type { ThrottlerModuleOptions, ThrottlerOptions } from '@nestjs/throttler';
import type { Principal } from '../../platform/caller/index.js';
import type { Config } from '../../platform/config/index.js';
import { networkOf } from '../../platform/throttling/index.js';
import type { LimitName } from './limit.guard.js';
import { cachedLoginLimitKey } from './login-limits.js';

const WINDOW_MS = 60_000;

/** The limits and the key that each counts by, for `@nestjs/throttler`. */
export function limitsOf({ limits }: Config): ThrottlerModuleOptions {
  return [
    limit('refresh', limits.refreshPerSession, bySession),
    limit('unknown_token', limits.unknownPerNetwork, networkOf),
    // Per account first: what it rejects does not count towards the limit that a whole office shares.
    limit('login', limits.loginPerAccountAndNetwork, cachedLoginLimitKey),
    limit('login_network', limits.loginPerNetwork, networkOf),
  ];
}

/** With the epoch: a thief with a token of an older epoch must not use up the owner's limit. */
function bySession({ user: { sessionId, epoch } }: { readonly user: Principal }): string {
  return `${sessionId}:${epoch}`;
}

/**
 * 0 turns a limit off; the throttler alone would reject every request. A request without a key
 * is not limited.
 */
function limit<Request>(
  name: LimitName,
  aMinute: number,
  countedBy: (request: Request) => string | undefined,
): ThrottlerOptions {
  return {
    name,
    ttl: WINDOW_MS,
    limit: aMinute,
    skipIf: () => aMinute === 0,
    getTracker: (request) => countedBy(request as Request) as string,
  };
}
