import { Module } from '@nestjs/common';
import { PossessionProofs } from '../proof-of-possession/possession-proofs.js';
import { FailedProofs } from './failed-proofs.js';
import { KeyProofs } from './key-proofs.js';
import { UsedProofs } from './used-proofs.js';

/** Sessions that are bound to a key of their client. */
@Module({
  providers: [PossessionProofs, FailedProofs, UsedProofs, KeyProofs],
  exports: [KeyProofs],
})
export class BoundSessionsModule {}
