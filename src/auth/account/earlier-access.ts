import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Outbox } from '../../mail/index.js';
import { SessionsService, type SessionClient } from '../../sessions/index.js';
import { Identities } from '../identities/identities.js';
import type { GoodProof, ProofPurpose } from '../proofs/proof.js';
import { Proofs } from '../proofs/proofs.js';

/** Proofs that let somebody in who may be a stranger. Those of an undo are for the owner. */
const ALL_BUT_UNDO: readonly ProofPurpose[] = [
  'reset_password',
  'verify_address',
  'change_address',
];

/**
 * Removes what has given access to an account so far, and what a stranger may have: sessions, mailed
 * links and codes, the password, identities of login providers.
 */
@Injectable()
export class EarlierAccess {
  constructor(
    private readonly sessions: SessionsService,
    private readonly proofs: Proofs,
    private readonly outbox: Outbox,
    private readonly identities: Identities,
  ) {}

  /** Ends all sessions, and runs `alongside` in the same transaction, after the user is locked. */
  async endSessions(
    userId: string,
    by: SessionClient,
    alongside: (transaction: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.sessions.endAll(userId, 'password_changed', by, alongside);
  }

  /** Ends what was mailed about the account, sent or not, except links that undo a change. */
  async dropPending(userId: string, transaction: EntityManager): Promise<void> {
    await this.proofs.end(userId, ALL_BUT_UNDO, transaction);
    await this.outbox.dropOf(userId, transaction);
  }

  /** As `dropPending`; of the links that undo a change, only those of earlier changes are left. */
  async dropPendingAfterUndo(undo: GoodProof, transaction: EntityManager): Promise<void> {
    await this.proofs.endAfterUndo(undo, transaction);
    await this.outbox.dropOf(undo.userId, transaction);
    await this.unlinkIdentities(undo.userId, transaction);
  }

  /**
   * Unlinks all identities of login providers: a stranger may have registered by one with an address
   * that is not theirs, and could sign in by it for ever.
   */
  async unlinkIdentities(userId: string, transaction: EntityManager): Promise<void> {
    await this.identities.unlinkAll(userId, transaction);
  }
}
