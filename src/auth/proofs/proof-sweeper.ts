import { Injectable } from '@nestjs/common';
import { Cron, CronExpression } from '@nestjs/schedule';
import { Sweeps } from '../../platform/database/index.js';
import { ProofStore } from './proof.store.js';

/** Deletes proofs that expired more than an hour ago; one instance at a time. */
@Injectable()
export class ProofSweeper {
  constructor(
    private readonly store: ProofStore,
    private readonly sweeps: Sweeps,
  ) {}

  @Cron(CronExpression.EVERY_10_MINUTES)
  async sweep(): Promise<void> {
    await this.sweeps.sweep('proofs', (limit) => this.store.deleteOld(limit));
  }
}
