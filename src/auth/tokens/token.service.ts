import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { LiveSession, SessionGrant } from '../../sessions/index.js';
import type { AccessClaims, RefreshClaims, SessionClaims } from './claims.js';
import type { TokenKind } from './keys/token-key.js';
import type { TeamClaims } from './team-claims.js';
import { headerOf, keyNameOf } from './token-header.js';
import { TokenKeys } from './token-keys.js';

/** A token and its expiry. */
export interface IssuedToken {
  readonly token: string;
  /** From the second in which it was issued. */
  readonly expiresInSeconds: number;
  /** In epoch seconds. */
  readonly expiresAt: number;
}

export interface TokenPair {
  readonly access: IssuedToken;
  /** Absent if refresh tokens are disabled. */
  readonly refresh?: IssuedToken;
}

/** The expiry of an access token, and the latest expiry of its renewals, in epoch seconds. */
export interface AccessBounds {
  readonly expiresAt: number;
  readonly renewUntil: number;
}

/** Issues the tokens of a session. It depends on neither HTTP nor the database. */
@Injectable()
export class TokenService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Issues the tokens of a grant. No access token outlives its session. */
  issue({ session, refreshToken: place, expiresAt }: SessionGrant, claims?: TeamClaims): TokenPair {
    const { accessSeconds, autoRenewMaxSeconds, refreshEnabled } = this.config.tokens;
    const now = this.nowSeconds();
    const sessionExp = Math.floor(expiresAt / 1000);
    const bounds = {
      expiresAt: Math.min(Math.floor(now + accessSeconds), sessionExp),
      renewUntil: Math.floor(now + autoRenewMaxSeconds),
    };
    const access = this.access(session, now, bounds, claims);
    if (!refreshEnabled) return { access };

    const { generation: gen, key, parentKey: parent } = place;
    const own = this.sessionClaims(session, sessionExp, now);
    return { access, refresh: this.sign('refresh', Object.assign(own, { gen, key, parent })) };
  }

  /** Issues an access token; `expiresAt` must not be later than the session's expiry. */
  issueAccess(session: LiveSession, bounds: AccessBounds, claims?: TeamClaims): IssuedToken {
    return this.access(session, this.nowSeconds(), bounds, claims);
  }

  /** True if we signed this token, as one of this kind; it may be expired. */
  isGenuine(kind: TokenKind, token: string): boolean {
    const name = keyNameOf(token, kind);
    const key = name && this.keys.verifying(kind, name);
    if (!key) return false;
    const { issuer, audience } = this.config.tokens;
    try {
      // The library accepts a key object; its types do not.
      const publicKey = key as unknown as Buffer;
      const algorithms = [name.algorithm];
      this.jwt.verify(token, { publicKey, algorithms, issuer, audience, ignoreExpiration: true });
      return true;
    } catch {
      return false;
    }
  }

  private access(
    session: LiveSession,
    now: number,
    { expiresAt, renewUntil }: AccessBounds,
    teamClaims: TeamClaims | undefined,
  ): IssuedToken {
    const { amr, roles, claimsVersion } = session;
    const auth_time = Math.floor(session.authenticatedAt / 1000);
    const claims: AccessClaims = Object.assign(this.sessionClaims(session, expiresAt, now), {
      auth_time,
      amr,
      renew_until: renewUntil,
    });
    if (teamClaims) Object.assign(claims, teamClaims);
    if (roles) Object.assign(claims, { roles });
    if (claimsVersion > 0) Object.assign(claims, { claims_version: claimsVersion });
    return this.sign('access', claims);
  }

  /** Callers add members instead of copying it: signing a copy takes half as long again. */
  private sessionClaims(session: LiveSession, exp: number, now: number): SessionClaims {
    const { id, user, epoch, keyThumbprint: jkt } = session;
    const { issuer: iss, audience: aud } = this.config.tokens;
    const iat = Math.floor(now);
    const claims = { iss, aud, sub: user.id, sid: id, epoch, jti: randomUUID(), iat, exp };
    return jkt ? Object.assign(claims, { cnf: { jkt } }) : claims;
  }

  private sign(kind: TokenKind, claims: AccessClaims | RefreshClaims): IssuedToken {
    const key = this.keys.signing(kind);
    const token = this.jwt.sign(claims, { privateKey: key.key, header: headerOf(kind, key) });
    return { token, expiresInSeconds: claims.exp - claims.iat, expiresAt: claims.exp };
  }

  private nowSeconds(): number {
    return this.clock.nowMs() / 1000;
  }
}
