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
 * Verifies an access token: signature, kind, claims and times. The guard checks whether its session
 * is live.
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
   * Undefined if a claim is missing or malformed. A token issued in the future is rejected: an
   * attacker who could sign would use it to get a token of any lifetime.
   *
   * @throws Problem `token_expired`
   */
  validate(payload: Readonly<Record<string, unknown>>): AccessToken | undefined {
    const token = readAccessClaims(payload);
    if (!token || isFromTheFuture(token, this.clock.nowMs(), this.config.tokens)) return undefined;
    return this.inTime(token);
  }

  /**
   * Returns the token unless it has expired. Called again for a token that was verified before.
   *
   * @throws Problem `token_expired`
   */
  inTime(token: AccessToken): AccessToken {
    if (isPastExpiry(token, this.clock.nowMs(), this.config.tokens))
      throw new Problem('token_expired');
    return token;
  }
}
