import { Injectable } from '@nestjs/common';
import { Sweeps } from '../../platform/database/index.js';
import { Every } from '../../platform/jobs/index.js';
import { ProofStore } from './proof.store.js';

const SWEEP_EVERY_MS = 10 * 60_000;

/** Deletes proofs that expired more than an hour ago; one instance at a time. */
@Injectable()
export class ProofSweeper {
  constructor(
    private readonly store: ProofStore,
    private readonly sweeps: Sweeps,
  ) {}

  @Every(SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    await this.sweeps.sweep('proofs', (limit) => this.store.deleteOld(limit));
  }
}
