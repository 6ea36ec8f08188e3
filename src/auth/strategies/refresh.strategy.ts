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
 * Verifies a refresh token: signature, kind, claims and times. The rotation rules decide what it is
 * worth to its session.
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
   * Undefined if a claim is missing or malformed. An expired token is only expired: it never counts
   * as reuse, and the grace window does not apply to it.
   *
   * @throws Problem `session_expired`
   */
  validate(
    payload: Readonly<Record<string, unknown>>,
  ): RefreshToken | undefined | Promise<RefreshToken> {
    const token = readRefreshClaims(payload);
    return token && this.isOver(token) ? this.checkByDatabaseClock(token) : token;
  }

  /**
   * Reads the database's clock first, if the last reading is old: a client deletes its tokens when
   * they are reported as expired.
   */
  private async checkByDatabaseClock(token: RefreshToken): Promise<RefreshToken> {
    await this.databaseTime.ensureRecent();
    if (this.isOver(token)) throw new Problem('session_expired');
    return token;
  }

  private isOver(token: RefreshToken): boolean {
    return isPastExpiry(token, this.clock.nowMs(), this.config.tokens);
  }
}
