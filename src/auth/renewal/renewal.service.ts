import { Injectable, Logger } from '@nestjs/common';
import { isDueForRenewal, renewedExpiresAt } from '#protocol';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SessionsService, type LiveSession, type RenewalState } from '../../sessions/index.js';
import { HookedSessions } from '../hooks/hooked-sessions.js';
import type { AccessToken } from '../tokens/claims.js';
import type { TeamClaims } from '../tokens/team-claims.js';
import { TokenService, type IssuedToken } from '../tokens/token.service.js';

/**
 * Responses of one session within this time share one token: a burst of requests costs one query
 * and one signature.
 */
const SHARED_FOR_MS = 3000;

/** An access token and its session. */
export interface RenewedSession {
  readonly session: LiveSession;
  readonly access: IssuedToken;
}

interface Shared {
  readonly token: Promise<IssuedToken | undefined>;
  /** By the monotonic clock. */
  readonly untilMs: number;
}

/**
 * Mints the access token that is to follow one near its expiry. It only adds: the old token stays
 * good, and no row changes.
 */
@Injectable()
export class RenewalService {
  private readonly logger = new Logger('RenewalService');
  /** By session, epoch, version of the claims, and `renewUntil`; the oldest first. */
  private readonly shared = new Map<string, Shared>();

  constructor(
    private readonly sessions: SessionsService,
    private readonly tokens: TokenService,
    private readonly hooked: HookedSessions,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  isDue(token: AccessToken): boolean {
    return isDueForRenewal(token.expiresAt, this.clock.nowMs() / 1000, this.config.tokens);
  }

  /**
   * A token that expires later than the given one; undefined if none can be issued. Never fails.
   */
  async renew(token: AccessToken): Promise<IssuedToken | undefined> {
    const renewed = await this.share(token);
    return renewed && renewed.expiresAt > token.expiresAt ? renewed : undefined;
  }

  /**
   * For a client that has only an access token: its successor; if none can expire later, a token
   * with the same expiry.
   *
   * @throws Problem `session_revoked`; that of a team's hook
   */
  async exchange(token: AccessToken): Promise<RenewedSession> {
    const state = await this.sessions.readForRenewal(token.sessionId, token.epoch);
    if (!state) throw new Problem('session_revoked');
    const { session } = state;
    const { expiresAt, renewUntil = expiresAt } = token;
    const claims = await this.hooked.renewalClaims(session);
    const access =
      this.follow(token, state, claims) ??
      this.tokens.issueAccess(session, { expiresAt, renewUntil }, claims);
    return { session, access };
  }

  private async share(token: AccessToken): Promise<IssuedToken | undefined> {
    const nowMs = this.clock.monotonicMs();
    for (const [key, { untilMs }] of this.shared) {
      if (nowMs < untilMs) break;
      this.shared.delete(key);
    }
    const { sessionId, epoch, claimsVersion, renewUntil } = token;
    const key = `${sessionId}:${epoch}:${claimsVersion}:${renewUntil}`;
    const known = this.shared.get(key);
    if (known) return known.token;

    const minted = this.mint(token).catch((error: unknown) => {
      // The request itself succeeds; the next one tries again.
      this.shared.delete(key);
      this.logger.warn({ err: error }, 'An access token was not renewed.');
      return undefined;
    });
    this.shared.set(key, { token: minted, untilMs: nowMs + SHARED_FOR_MS });
    return minted;
  }

  private async mint(token: AccessToken): Promise<IssuedToken | undefined> {
    if (token.renewUntil === undefined) return undefined;
    const state = await this.sessions.readForRenewal(token.sessionId, token.epoch);
    return state && this.follow(token, state, await this.hooked.renewalClaims(state.session));
  }

  private follow(
    { expiresAt, renewUntil }: AccessToken,
    { session, remainingSeconds }: RenewalState,
    claims: TeamClaims | undefined,
  ): IssuedToken | undefined {
    if (renewUntil === undefined) return undefined;
    const now = this.clock.nowMs() / 1000;
    const request = { expiresAt, now, remainingSeconds, renewUntil };
    const renewedAt = renewedExpiresAt(request, this.config.tokens);
    if (renewedAt === undefined) return undefined;
    return this.tokens.issueAccess(session, { expiresAt: renewedAt, renewUntil }, claims);
  }
}
