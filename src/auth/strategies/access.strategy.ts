import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { tokenFromHeader } from '../http/token-sources.js';
import { readAccessClaims, type AccessToken } from '../tokens/claims.js';
import { TokenKeys } from '../tokens/token-keys.js';
import { isPastExpiry } from '../tokens/expiry.js';
import { strategyOptions } from './strategy-options.js';

/** Judges an access token by itself: signature, kind, claims and times. Whether its session lives is the guard's question. */
@Injectable()
export class AccessStrategy extends PassportStrategy(Strategy, 'access') {
  constructor(
    keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    super(strategyOptions('access', tokenFromHeader, keys, config));
  }

  validate(payload: Record<string, unknown>): AccessToken | undefined {
    const token = readAccessClaims(payload);
    if (token && isPastExpiry(token, this.clock.nowMs(), this.config.tokens)) throw new Problem('token_expired');
    return token;
  }
}
