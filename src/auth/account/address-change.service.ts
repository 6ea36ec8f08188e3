import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { canonicalAddress, isTaken, UsersService, type User } from '../../users/index.js';
import { recognisableBrowser, type GoodProof, type PresentedProof } from '../proofs/proof.js';
import { Proofs, refusalOf, type Presenter } from '../proofs/proofs.js';
import { FreshProof, type TokenOwner } from '../step-up/fresh-proof.js';
import { AccountMails } from './account-mails.js';
import { BackgroundWork } from './background-work.js';
import { EarlierAccess } from './earlier-access.js';
import { MailLimit } from './mail-limit.js';

/** A new address that a user asks for, and the proof that it is them. */
export interface AddressChange {
  /** Of the request. */
  readonly token: TokenOwner;
  readonly newEmail: string;
  /** Needed by a user who has a password. */
  readonly currentPassword: string | null | undefined;
}

/** Changes the addresses of accounts, and undoes changes. */
@Injectable()
export class AddressChangeService {
  constructor(
    private readonly users: UsersService,
    private readonly freshProof: FreshProof,
    private readonly proofs: Proofs,
    private readonly mails: AccountMails,
    private readonly mailLimit: MailLimit,
    private readonly earlierAccess: EarlierAccess,
    private readonly background: BackgroundWork,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * Asks the new address to prove itself, and tells the old one. That somebody else has the new
   * address is told to nobody but them.
   *
   * @throws Problem `mail_not_configured`, those of `FreshProof`, `rate_limited`
   */
  async changeEmail(
    { token, newEmail, currentPassword }: AddressChange,
    client: SessionClient,
  ): Promise<void> {
    this.mails.requireOpen();
    const user = await this.freshProof.require(token, currentPassword, client);
    const newAddress = canonicalAddress(newEmail);
    if (newAddress === undefined || newAddress === user.email) throw isNoOtherAddress();
    const isFree = await this.isFree(newAddress, user.id);
    await this.mailLimit.runInTransaction((transaction) =>
      this.askForNewAddress({ user, newAddress, isFree }, client, transaction),
    );
    if (!isFree)
      this.background.begin('change-email', () => this.mails.alreadyRegistered(newAddress));
    const { userId, sessionId } = token;
    await this.events.emit('address_change_requested', { userId, sessionId, client });
  }

  /**
   * Replaces the address by the new one, which this proof of the purpose `change_address` proves.
   * Only for who asked for the change. A stranger who is tricked into it, even by the code, would get
   * an account to which somebody else knows the password, and the way back to the old address.
   *
   * @throws Problem `link_invalid`, `code_invalid`
   */
  async confirmEmailChange(
    proof: GoodProof,
    presented: PresentedProof,
    { client }: Presenter,
  ): Promise<void> {
    if (!proof.isByAsker) throw new Problem('code_invalid');
    await refusingTaken(presented, () =>
      this.database.transaction((transaction) =>
        this.replaceAddress(proof, presented, client, transaction),
      ),
    );
    await this.events.emit('address_changed', { userId: proof.userId, client });
  }

  /**
   * Restores the address from before a change. Who changed it knew the password, so that is removed,
   * all sessions end, and the address gets a link to set a new one.
   *
   * @throws Problem `link_invalid`, `code_invalid`
   */
  async undoEmailChange(presented: PresentedProof, by: Presenter): Promise<void> {
    const { token = '', code } = presented;
    const proof = await this.proofs.judgeToken(token, code, ['undo_address_change'], by);
    const { userId, address } = proof;
    await refusingTaken(presented, () =>
      this.earlierAccess.endSessions(userId, by.client, async (transaction) => {
        await this.proofs.consume(proof, presented, transaction);
        const user = await this.users.lock(userId, transaction);
        if (!user) throw refusalOf(presented);
        await this.users.prove(user, { email: address, passwordHash: null }, transaction);
        await this.earlierAccess.dropPendingAfterUndo(proof, transaction);
        const restored = { id: userId, email: address };
        await this.mails.resetPassword(restored, by.client, transaction, true);
      }),
    );
    await this.events.emit('address_change_undone', { userId, client: by.client });
  }

  private async isFree(address: string, userId: string): Promise<boolean> {
    if (await this.users.findAnyone(address)) return false;
    return !(await this.database.transaction((transaction) =>
      this.proofs.isReserved(address, userId, transaction),
    ));
  }

  /** The same work whether or not the new address is free. */
  private async askForNewAddress(
    { user, newAddress, isFree }: { user: User; newAddress: string; isFree: boolean },
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    const { id: userId, passwordHash } = user;
    const current = await this.users.lock(userId, transaction);
    if (current?.passwordHash !== passwordHash) throw new Problem('current_password_invalid');
    await this.proofs.end(userId, ['change_address'], transaction);
    const browser = recognisableBrowser(client);
    const request = { purpose: 'change_address', userId, address: newAddress, browser } as const;
    const proof = await this.proofs.issue(request, transaction);
    if (isFree) await this.mails.verifyNewAddress(user, newAddress, proof, transaction);
    const options = { newAddress, isUnlimited: false };
    await this.tellOldAddress('address_change_requested', user, options, client, transaction);
  }

  private async replaceAddress(
    proof: GoodProof,
    presented: PresentedProof,
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    const { userId, address } = proof;
    const user = await this.users.lock(userId, transaction);
    if (!user) throw refusalOf(presented);
    await this.proofs.consume(proof, presented, transaction);
    await this.users.prove(user, { email: address }, transaction);
    if (await this.proofs.isReserved(address, userId, transaction)) throw refusalOf(presented);
    await this.earlierAccess.dropPending(userId, transaction);
    const options = { newAddress: address, isUnlimited: true };
    await this.tellOldAddress('address_changed', user, options, client, transaction);
  }

  /**
   * With a link that undoes the change. An address that was never proved gets none: it may be a
   * stranger's, by a slip of the finger, who could then take the account.
   */
  private async tellOldAddress(
    kind: 'address_change_requested' | 'address_changed',
    user: User,
    { newAddress, isUnlimited }: { newAddress: string; isUnlimited: boolean },
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    if (!user.emailVerified) return;
    const { id: userId, email: address } = user;
    const browser = recognisableBrowser(client);
    const request = { purpose: 'undo_address_change', userId, address, browser } as const;
    const undo = await this.proofs.issue({ ...request, isUnlimited }, transaction);
    await this.mails.tellOldAddress(kind, user, newAddress, undo, transaction);
  }
}

/** Somebody may have taken the new address since it was asked for. */
async function refusingTaken(presented: PresentedProof, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw isTaken(error) ? refusalOf(presented) : error;
  }
}

function isNoOtherAddress(): Problem {
  const fieldErrors = [{ field: 'new_email', message: 'new_email must be another address' }];
  return new Problem('validation_failed', { fieldErrors });
}
