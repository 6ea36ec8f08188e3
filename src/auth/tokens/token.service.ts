import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { v7 as newId } from 'uuid';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { LiveSession, SessionGrant } from '../../sessions/index.js';
import type { AccessClaims, RefreshClaims, SessionClaims } from './claims.js';
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
    private readonly jwt: JwtService,
    private readonly keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The tokens that a grant entitles its client to. No access token outlives its session. */
  issue({ session, refreshToken: place, expiresAt }: SessionGrant): TokenPair {
    const { accessSeconds, refreshEnabled } = this.config.tokens;
    const now = this.clock.nowMs() / 1000;
    const sessionExp = Math.floor(expiresAt / 1000);
    const access = this.issueAccess(session, Math.min(Math.floor(now + accessSeconds), sessionExp));
    if (!refreshEnabled) return { access };

    const { generation: gen, key, parentKey: parent } = place;
    return { access, refresh: this.sign('refresh', { ...this.sessionClaims(session, sessionExp), gen, key, parent }) };
  }

  /** An access token that expires at the given time, in epoch seconds, which must not be past its session's. */
  issueAccess(session: LiveSession, exp: number): IssuedToken {
    const authTime = Math.floor(session.authenticatedAt / 1000);
    return this.sign('access', { ...this.sessionClaims(session, exp), auth_time: authTime });
  }

  private sessionClaims({ id, user, epoch }: LiveSession, exp: number): SessionClaims {
    return { sub: user.id, sid: id, epoch, jti: newId(), iat: Math.floor(this.clock.nowMs() / 1000), exp };
  }

  private sign(kind: TokenKind, claims: AccessClaims | RefreshClaims): IssuedToken {
    const { id, algorithm, key } = this.keys.signing(kind);
    const { issuer, audience } = this.config.tokens;
    const header = { alg: algorithm, typ: TOKEN_TYPE[kind], kid: id };
    const payload = { iss: issuer, aud: audience, ...claims };
    return { token: this.jwt.sign(payload, { privateKey: key, header }), expiresInSeconds: claims.exp - claims.iat, expiresAt: claims.exp };
  }
}
