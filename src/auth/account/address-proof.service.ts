import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { UsersService } from '../../users/index.js';
import type { GoodProof, PresentedProof } from '../proofs/proof.js';
import { Proofs, refusalOf, type Presenter } from '../proofs/proofs.js';
import { AccountMails } from './account-mails.js';
import { AddressChangeService } from './address-change.service.js';
import { EarlierAccess } from './earlier-access.js';
import { MailLimit } from './mail-limit.js';

/** Proves the addresses of accounts. */
@Injectable()
export class AddressProofService {
  constructor(
    private readonly users: UsersService,
    private readonly proofs: Proofs,
    private readonly mails: AccountMails,
    private readonly mailLimit: MailLimit,
    private readonly changes: AddressChangeService,
    private readonly earlierAccess: EarlierAccess,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * Mails a link that proves the user's address, unless it is proved.
   *
   * @throws Problem `mail_not_configured`, `rate_limited`
   */
  async sendVerification(userId: string, client: SessionClient): Promise<void> {
    this.mails.requireOpen();
    const user = await this.users.findById(userId);
    if (!user || user.emailVerified) return;
    await this.mailLimit.runInTransaction(async (transaction) => {
      await this.users.lock(user.id, transaction);
      await this.mails.verifyAddress(user, client, transaction);
    });
  }

  /**
   * Proves the address of an account, or the new address that was asked for, which then replaces the
   * old one.
   *
   * @throws Problem `link_invalid`, `code_invalid`
   */
  async verifyEmail(presented: PresentedProof, by: Presenter): Promise<void> {
    const proof = await this.judgeVerification(presented, by);
    if (proof.purpose === 'change_address')
      return this.changes.confirmEmailChange(proof, presented, by);
    const user = await this.users.findById(proof.userId);
    if (!user) throw refusalOf(presented);
    if (user.emailVerified || proof.isByAsker) return this.proveAddress(proof, presented, by);
    return this.takeOver(proof, presented, by);
  }

  /** A code alone is one of the account that is signed in. */
  private async judgeVerification(
    { token, code }: PresentedProof,
    by: Presenter,
  ): Promise<GoodProof> {
    const purposes = ['verify_address', 'change_address'] as const;
    if (token !== undefined) return this.proofs.judgeToken(token, code, purposes, by);
    if (by.userId === undefined) throw new Problem('code_invalid');
    const found = await this.proofs.judgeCode(code, { userId: by.userId }, purposes);
    return { ...found, isByAsker: true };
  }

  private async proveAddress(
    proof: GoodProof,
    presented: PresentedProof,
    { client }: Presenter,
  ): Promise<void> {
    const { userId, address: email } = proof;
    await this.database.transaction(async (transaction) => {
      await this.users.lock(userId, transaction);
      await this.proofs.consume(proof, presented, transaction);
      if (!(await this.users.prove({ id: userId, email }, {}, transaction)))
        throw refusalOf(presented);
      await this.proofs.end(userId, ['verify_address'], transaction);
    });
    await this.events.emit('address_verified', { userId, client });
  }

  /**
   * Somebody who reads the mail of an address proves it for the first time, and is not known to be
   * who registered with it. What was set before, a stranger may have set: it is removed, and the
   * address gets a link to set a password.
   */
  private async takeOver(
    proof: GoodProof,
    presented: PresentedProof,
    { client }: Presenter,
  ): Promise<void> {
    const { userId, address: email } = proof;
    await this.earlierAccess.endSessions(userId, client, async (transaction) => {
      await this.proofs.consume(proof, presented, transaction);
      if (!(await this.users.prove({ id: userId, email }, { passwordHash: null }, transaction)))
        throw refusalOf(presented);
      await this.earlierAccess.dropPending(userId, transaction);
      await this.earlierAccess.unlinkIdentities(userId, transaction);
      await this.mails.resetPassword({ id: userId, email }, client, transaction, true);
    });
    await this.events.emit('address_taken_over', { userId, client });
  }
}
