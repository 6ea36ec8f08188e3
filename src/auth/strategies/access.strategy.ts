import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { readAccessClaims, type AccessToken } from '../tokens/claims.js';
import { isFromTheFuture, isPastExpiry } from '../tokens/expiry.js';
import { TokenKeys } from '../tokens/token-keys.js';
import { OwnPassport } from './own-passport.js';
import { strategyOptions } from './strategy-options.js';

/**
 * Judges an access token by itself: signature, kind, claims and times. Whether its session lives is
 * the guard's question.
 */
@Injectable()
export class AccessStrategy extends PassportStrategy(Strategy, 'access') {
  constructor(
    passport: OwnPassport,
    keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super(strategyOptions('access', keys, config));
    passport.use('access', this);
  }

  /**
   * Undefined where a claim is missing or not of its form. One issued in the future is not of ours:
   * whoever could sign would make it live for as long as they like.
   *
   * @throws Problem `token_expired`
   */
  validate(payload: Readonly<Record<string, unknown>>): AccessToken | undefined {
    const token = readAccessClaims(payload);
    if (!token || isFromTheFuture(token, this.clock.nowMs(), this.config.tokens)) return undefined;
    return this.inTime(token);
  }

  /**
   * The same token, unless its time is over. Asked again of a token that was judged before.
   *
   * @throws Problem `token_expired`
   */
  inTime(token: AccessToken): AccessToken {
    if (isPastExpiry(token, this.clock.nowMs(), this.config.tokens))
      throw new Problem('token_expired');
    return token;
  }
}
