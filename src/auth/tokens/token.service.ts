import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { LiveSession, SessionGrant } from '../../sessions/index.js';
import type { AccessClaims, RefreshClaims, SessionClaims } from './claims.js';
import type { TokenKind } from './keys/token-key.js';
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
  issue({ session, refreshToken: place, expiresAt }: SessionGrant): TokenPair {
    const { accessSeconds, autoRenewMaxSeconds, refreshEnabled } = this.config.tokens;
    const now = this.nowSeconds();
    const sessionExp = Math.floor(expiresAt / 1000);
    const access = this.access(session, now, {
      expiresAt: Math.min(Math.floor(now + accessSeconds), sessionExp),
      renewUntil: Math.floor(now + autoRenewMaxSeconds),
    });
    if (!refreshEnabled) return { access };

    const { generation: gen, key, parentKey: parent } = place;
    const claims = this.sessionClaims(session, sessionExp, now);
    return { access, refresh: this.sign('refresh', Object.assign(claims, { gen, key, parent })) };
  }

  /** Issues an access token; `expiresAt` must not be later than the session's expiry. */
  issueAccess(session: LiveSession, bounds: AccessBounds): IssuedToken {
    return this.access(session, this.nowSeconds(), bounds);
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

  private access(session: LiveSession, now: number, bounds: AccessBounds): IssuedToken {
    const claims = this.sessionClaims(session, bounds.expiresAt, now);
    const auth_time = Math.floor(session.authenticatedAt / 1000);
    const { amr } = session;
    return this.sign(
      'access',
      Object.assign(claims, { auth_time, amr, renew_until: bounds.renewUntil }),
    );
  }

  /** Callers add members instead of copying it: signing a copy takes half as long again. */
  private sessionClaims({ id, user, epoch }: LiveSession, exp: number, now: number): SessionClaims {
    const { issuer: iss, audience: aud } = this.config.tokens;
    const iat = Math.floor(now);
    return { iss, aud, sub: user.id, sid: id, epoch, jti: randomUUID(), iat, exp };
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
