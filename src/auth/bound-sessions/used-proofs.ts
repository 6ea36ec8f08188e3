import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Statements, Sweeps } from '../../platform/database/index.js';
import { Every } from '../../platform/jobs/index.js';
import type { GoodProof } from '../proof-of-possession/check-proof.js';
import { DELETE_OLD_USED_PROOFS, USE_PROOF } from './used-proof.statements.js';

const SWEEP_EVERY_MS = 10 * 60_000;

/** Remembers the proofs of routes on which each counts once, as long as they are in time. */
@Injectable()
export class UsedProofs {
  constructor(
    private readonly statements: Statements,
    private readonly sweeps: Sweeps,
    private readonly clock: Clock,
  ) {}

  /** False if the proof was used before, at any instance. */
  async use({ thumbprint, id, goodUntilMs }: GoodProof): Promise<boolean> {
    const values = [thumbprint, id, goodUntilMs];
    return (await this.statements.run(USE_PROOF, values)).length === 1;
  }

  @Every(SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    await this.sweeps.sweep('used_possession_proofs', async (limit) => {
      const values = [this.clock.offsetMs, limit];
      return (await this.statements.run(DELETE_OLD_USED_PROOFS, values)).length;
    });
  }
}
