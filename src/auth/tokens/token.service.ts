import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { v7 as newId } from 'uuid';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { SessionGrant } from '../../sessions/index.js';
import type { AccessClaims, RefreshClaims } from './claims.js';
import { ALGORITHM, TOKEN_TYPE } from './jose-header.js';
import { TokenKeys, type TokenKind } from './token-keys.js';

/** A token and how long it is good for. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
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
    const nowMs = this.clock.nowMs();
    const iat = Math.floor(nowMs / 1000);
    const sessionExp = Math.floor(expiresAt / 1000);
    const accessExp = Math.min(Math.floor(nowMs / 1000 + accessSeconds), sessionExp);
    const claims = { sub: session.user.id, sid: session.id, epoch: session.epoch, iat };
    const authTime = Math.floor(session.authenticatedAt / 1000);

    const access = this.sign('access', { ...claims, jti: newId(), exp: accessExp, auth_time: authTime });
    if (!refreshEnabled) return { access };
    const { generation: gen, key, parentKey: parent } = place;
    return { access, refresh: this.sign('refresh', { ...claims, jti: newId(), exp: sessionExp, gen, key, parent }) };
  }

  private sign(kind: TokenKind, claims: AccessClaims | RefreshClaims): IssuedToken {
    const { id, key } = this.keys.signing(kind);
    const { issuer, audience } = this.config.tokens;
    const header = { alg: ALGORITHM, typ: TOKEN_TYPE[kind], kid: id };
    const payload = { iss: issuer, aud: audience, ...claims };
    return { token: this.jwt.sign(payload, { privateKey: key, header }), expiresInSeconds: claims.exp - claims.iat };
  }
}
