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

/** A token and how long it is good for. */
export interface IssuedToken {
  readonly token: string;
  /** From the second in which it was issued. */
  readonly expiresInSeconds: number;
  /** In epoch seconds. */
  readonly expiresAt: number;
}

export interface TokenPair {
  readonly access: IssuedToken;
  /** Absent where refresh tokens are switched off. */
  readonly refresh?: IssuedToken;
}

/** What an access token may live, and what its renewals may; in epoch seconds. */
export interface AccessBounds {
  readonly expiresAt: number;
  readonly renewUntil: number;
}

/** Signs the tokens of a session. Knows no HTTP and no database. */
@Injectable()
export class TokenService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The tokens that a grant entitles its client to. No access token outlives its session. */
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

  /** An access token within bounds, of which the first must not be past its session's end. */
  issueAccess(session: LiveSession, bounds: AccessBounds): IssuedToken {
    return this.access(session, this.nowSeconds(), bounds);
  }

  /** Whether a token of this kind is one that we have signed, be it expired or not. */
  isGenuine(kind: TokenKind, token: string): boolean {
    const name = keyNameOf(token, kind);
    const key = name && this.keys.verifying(kind, name);
    if (!key) return false;
    const { issuer, audience } = this.config.tokens;
    try {
      // The types lack the key object that the library takes.
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
    return this.sign(
      'access',
      Object.assign(claims, { auth_time, renew_until: bounds.renewUntil }),
    );
  }

  /** To be added to, not copied: signing a copy takes half as long again. */
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
