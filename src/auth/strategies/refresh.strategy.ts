import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import { DatabaseTime } from '../../platform/database/index.js';
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
    private readonly databaseTime: DatabaseTime,
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
  validate(
    payload: Readonly<Record<string, unknown>>,
  ): RefreshToken | undefined | Promise<RefreshToken> {
    const token = readRefreshClaims(payload);
    return token && this.isOver(token) ? this.judgeByTheDatabase(token) : token;
  }

  /**
   * The client will forget its tokens for this, so an instance that has not heard the database's
   * clock for a while asks for it.
   */
  private async judgeByTheDatabase(token: RefreshToken): Promise<RefreshToken> {
    await this.databaseTime.ensureRecent();
    if (this.isOver(token)) throw new Problem('session_expired');
    return token;
  }

  private isOver(token: RefreshToken): boolean {
    return isPastExpiry(token, this.clock.nowMs(), this.config.tokens);
  }
}
