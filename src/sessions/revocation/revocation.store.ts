import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Statements } from '../../platform/database/index.js';
import { DELETE_EXPIRED_REVOCATIONS } from './revocation.statements.js';

/** The table `revocations`, as far as it is not written by the statements that revoke, or read by the feed. */
@Injectable()
export class RevocationStore {
  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /** Deletes at most `limit` rows whose access tokens have all expired; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    return (await this.statements.run(DELETE_EXPIRED_REVOCATIONS, [this.clock.offsetMs, limit])).length;
  }
}
