import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { LiveSession, SessionGrant } from '../../sessions/index.js';
import type { AccessClaims, RefreshClaims, SessionClaims } from './claims.js';
import { signCompact } from './compact-jws.js';
import { TOKEN_TYPE } from './jose-header.js';
import type { TokenKind } from './keys/token-key.js';
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

/** Signs the tokens of a session. Knows no HTTP and no database. */
@Injectable()
export class TokenService {
  constructor(
    private readonly keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The tokens that a grant entitles its client to. No access token outlives its session. */
  issue({ session, refreshToken: place, expiresAt }: SessionGrant): TokenPair {
    const { accessSeconds, refreshEnabled } = this.config.tokens;
    const now = this.clock.nowMs() / 1000;
    const sessionExp = Math.floor(expiresAt / 1000);
    const access = this.access(session, Math.min(Math.floor(now + accessSeconds), sessionExp), now);
    if (!refreshEnabled) return { access };

    const { generation: gen, key, parentKey: parent } = place;
    return {
      access,
      refresh: this.sign('refresh', {
        ...sessionClaims(session, sessionExp, now),
        gen,
        key,
        parent,
      }),
    };
  }

  /**
   * An access token that expires at the given time, in epoch seconds, which must not be past its
   * session's.
   */
  issueAccess(session: LiveSession, exp: number): IssuedToken {
    return this.access(session, exp, this.clock.nowMs() / 1000);
  }

  private access(session: LiveSession, exp: number, now: number): IssuedToken {
    const authTime = Math.floor(session.authenticatedAt / 1000);
    return this.sign('access', { ...sessionClaims(session, exp, now), auth_time: authTime });
  }

  private sign(kind: TokenKind, claims: AccessClaims | RefreshClaims): IssuedToken {
    const { issuer, audience } = this.config.tokens;
    const token = signCompact(
      TOKEN_TYPE[kind],
      { iss: issuer, aud: audience, ...claims },
      this.keys.signing(kind),
    );
    return { token, expiresInSeconds: claims.exp - claims.iat, expiresAt: claims.exp };
  }
}

function sessionClaims({ id, user, epoch }: LiveSession, exp: number, now: number): SessionClaims {
  return { sub: user.id, sid: id, epoch, jti: randomUUID(), iat: Math.floor(now), exp };
}
