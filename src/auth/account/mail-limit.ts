import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DATABASE } from '../../platform/database/index.js';
import { RateLimitRejections } from '../../platform/throttling/index.js';
import { Proofs, TooManyMailsError } from '../proofs/proofs.js';

/** Rejects what would send more mails to one address than `Proofs.issue` allows. */
@Injectable()
export class MailLimit {
  constructor(
    private readonly proofs: Proofs,
    private readonly rejections: RateLimitRejections,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {
    rejections.announce('mail');
  }

  /**
   * Does work that issues proofs.
   *
   * @throws Problem `rate_limited` if too many mails were sent; then nothing is done
   */
  async runInTransaction(work: (transaction: EntityManager) => Promise<void>): Promise<void> {
    try {
      await this.database.transaction(work);
    } catch (error) {
      if (!(error instanceof TooManyMailsError)) throw error;
      this.rejections.rejectRateLimited('mail', await this.proofs.waitMs(error));
    }
  }
}
