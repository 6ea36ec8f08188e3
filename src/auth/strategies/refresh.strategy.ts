import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { readRefreshClaims, type RefreshToken } from '../tokens/claims.js';
import { isPastExpiry } from '../tokens/expiry.js';
import { TokenKeys } from '../tokens/token-keys.js';
import { OwnPassport } from './own-passport.js';
import { strategyOptions } from './strategy-options.js';

/**
 * Judges a refresh token by itself: signature, kind, claims and times. What it is worth to its
 * session is for the rotation to say.
 */
@Injectable()
export class RefreshStrategy extends PassportStrategy(Strategy, 'refresh') {
  constructor(
    passport: OwnPassport,
    keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super(strategyOptions('refresh', keys, config));
    passport.use('refresh', this);
  }

  /**
   * Undefined where a claim is missing or not of its form. An expired token is only expired: it
   * never counts as reuse, and no grace rescues it.
   *
   * @throws Problem `session_expired`
   */
  validate(payload: Readonly<Record<string, unknown>>): RefreshToken | undefined {
    const token = readRefreshClaims(payload);
    if (token && isPastExpiry(token, this.clock.nowMs(), this.config.tokens))
      throw new Problem('session_expired');
    return token;
  }
}
