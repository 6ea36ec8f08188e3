import { Module } from '@nestjs/common';
import { ProofSecrets } from './proof-secrets.js';
import { ProofSweeper } from './proof-sweeper.js';
import { ProofStore } from './proof.store.js';
import { Proofs } from './proofs.js';

/** Proofs that somebody reads the mail of an address: mailed links and codes. */
@Module({
  providers: [Proofs, ProofSecrets, ProofStore, ProofSweeper],
  exports: [Proofs],
})
export class ProofsModule {}
