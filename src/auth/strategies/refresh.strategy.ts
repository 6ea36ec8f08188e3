import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { PresentedRefreshToken } from '../http/presented-refresh-token.js';
import { readRefreshClaims, type RefreshToken } from '../tokens/claims.js';
import { isPastExpiry } from '../tokens/expiry.js';
import { TokenKeys } from '../tokens/token-keys.js';
import { strategyOptions } from './strategy-options.js';

/** Judges a refresh token by itself: signature, kind, claims and times. What it is worth is decided on its session's row. */
@Injectable()
export class RefreshStrategy extends PassportStrategy(Strategy, 'refresh') {
  constructor(
    keys: TokenKeys,
    presented: PresentedRefreshToken,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super(strategyOptions('refresh', presented.find, keys, config));
  }

  validate(payload: Record<string, unknown>): RefreshToken | undefined {
    const token = readRefreshClaims(payload);
    // An expired token is only expired: it never counts as reuse, and no grace rescues it.
    if (token && isPastExpiry(token, this.clock.nowMs(), this.config.tokens)) throw new Problem('session_expired');
    return token;
  }
}
