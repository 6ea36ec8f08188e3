import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Outbox, type Proof } from '../../mail/index.js';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import { RateLimitRejections } from '../../platform/throttling/index.js';
import { SessionsService, type SessionClient } from '../../sessions/index.js';
import {
  canonicalAddress,
  isAcceptablePassword,
  isTaken,
  PasswordHasher,
  UsersService,
  type User,
} from '../../users/index.js';
import { AccountPseudonyms } from '../client-info/account-pseudonyms.js';
import {
  recognisableBrowser,
  type GoodProof,
  type PresentedProof,
  type ProofPurpose,
} from '../proofs/proof.js';
import { Proofs, refusalOf, TooManyMailsError, type Presenter } from '../proofs/proofs.js';
import { AccountMails } from './account-mails.js';
import { BackgroundWork } from './background-work.js';

/** Proofs that let somebody in who may be a stranger. Those of an undo are for the owner. */
const ALL_BUT_UNDO: readonly ProofPurpose[] = [
  'reset_password',
  'verify_address',
  'change_address',
];

/** What a reset needs: a token, or an address and a code. */
export interface PasswordReset extends PresentedProof {
  readonly email?: string | undefined;
  readonly newPassword: string;
}

export interface AddressChange {
  readonly userId: string;
  readonly sessionId: string;
  readonly newEmail: string;
  readonly currentPassword: string;
}

/** What an operator gets for a user who has lost the password. */
export type OperatorReset =
  | { readonly kind: 'mailed' }
  /** There is no way to send mail, so the operator must hand it over. */
  | { readonly kind: 'to_hand_over'; readonly proof: Proof };

/** Lost passwords, and addresses that are proved and changed: all by mail. */
@Injectable()
export class AccountService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly passwords: PasswordHasher,
    private readonly proofs: Proofs,
    private readonly mails: AccountMails,
    private readonly outbox: Outbox,
    private readonly pseudonyms: AccountPseudonyms,
    private readonly background: BackgroundWork,
    private readonly rejections: RateLimitRejections,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {
    rejections.announce('mail');
  }

  /**
   * Mails a link to set a new password, after the response: neither that nor its time tells whether
   * the address has an account.
   *
   * @throws Problem `mail_not_configured`
   */
  forgotPassword(email: string, client: SessionClient): void {
    this.mails.requireOpen();
    this.background.begin('forgot-password', () => this.mailReset(email, client));
  }

  /**
   * Sets a new password for whoever reads the mail of the account's address, ends all sessions and
   * whatever was pending, and marks the address as proved.
   *
   * @throws Problem `password_unacceptable`, `link_invalid`, `code_invalid`
   */
  async resetPassword(reset: PasswordReset, client: SessionClient): Promise<void> {
    const { newPassword } = reset;
    if (!isAcceptablePassword(newPassword)) throw new Problem('password_unacceptable');
    const proof = await this.judgeReset(reset, client);
    const passwordHash = await this.passwords.hash(newPassword, client.ip);
    const { userId, address: email } = proof;
    await this.endSessions(userId, client, async (transaction) => {
      await this.proofs.consume(proof, reset, transaction);
      if (!(await this.users.prove({ id: userId, email }, { passwordHash }, transaction)))
        throw refusalOf(reset);
      await this.dropPending(userId, transaction);
      await this.mails.passwordChanged({ id: userId, email }, client, transaction);
    });
    await this.events.emit('password_reset', { userId, client });
  }

  /**
   * Proves the address of an account, or the new address that was asked for, which then replaces the
   * old one.
   *
   * @throws Problem `link_invalid`, `code_invalid`
   */
  async verifyEmail(presented: PresentedProof, by: Presenter): Promise<void> {
    const proof = await this.judgeVerification(presented, by);
    if (proof.purpose === 'change_address') return this.moveToNewAddress(proof, presented, by);
    const user = await this.users.findById(proof.userId);
    if (!user) throw refusalOf(presented);
    if (user.emailVerified || proof.isByAsker) return this.proveAddress(proof, presented, by);
    return this.takeOver(proof, presented, by);
  }

  /**
   * Mails a link that proves the user's address, unless it is proved.
   *
   * @throws Problem `mail_not_configured`, `rate_limited`
   */
  async sendVerification(userId: string, client: SessionClient): Promise<void> {
    this.mails.requireOpen();
    const user = await this.users.findById(userId);
    if (!user || user.emailVerified) return;
    await this.withinLimit(async (transaction) => {
      await this.users.lock(user.id, transaction);
      await this.mails.verifyAddress(user, client, transaction);
    });
  }

  /**
   * Asks the new address to prove itself, and tells the old one. That somebody else has the new
   * address is told to nobody but them.
   *
   * @throws Problem `mail_not_configured`, `current_password_invalid`, `rate_limited`
   */
  async changeEmail(change: AddressChange, client: SessionClient): Promise<void> {
    this.mails.requireOpen();
    const user = await this.authenticate(change, client);
    const newAddress = canonicalAddress(change.newEmail);
    if (newAddress === undefined || newAddress === user.email) throw isNoOtherAddress();
    const isFree = await this.isFree(newAddress, user.id);
    await this.withinLimit((transaction) =>
      this.askForNewAddress({ user, newAddress, isFree }, client, transaction),
    );
    if (!isFree)
      this.background.begin('change-email', () => this.mails.alreadyRegistered(newAddress));
    const { userId, sessionId } = change;
    await this.events.emit('address_change_requested', { userId, sessionId, client });
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
    const passwordHash = await this.hashOfNobody(by.client);
    const { userId, address } = proof;
    await refusingTaken(presented, () =>
      this.endSessions(userId, by.client, async (transaction) => {
        await this.proofs.consume(proof, presented, transaction);
        const user = await this.users.lock(userId, transaction);
        if (!user) throw refusalOf(presented);
        await this.users.prove(user, { email: address, passwordHash }, transaction);
        await this.proofs.endAfterUndo(proof, transaction);
        await this.outbox.dropOf(userId, transaction);
        const restored = { id: userId, email: address };
        await this.mails.resetPassword(restored, by.client, transaction, true);
      }),
    );
    await this.events.emit('address_change_undone', { userId, client: by.client });
  }

  /** For an operator: mails a link to set a new password, or returns it where no mail is sent. */
  async resetForOperator({ id: userId, email: address }: User): Promise<OperatorReset> {
    if (this.outbox.isOpen) {
      await this.database.transaction((transaction) =>
        this.mails.resetPassword({ id: userId, email: address }, {}, transaction, true),
      );
      return { kind: 'mailed' };
    }
    const request = { purpose: 'reset_password', userId, address, browser: null } as const;
    const proof = await this.database.transaction((transaction) =>
      this.proofs.issue({ ...request, isUnlimited: true }, transaction),
    );
    return { kind: 'to_hand_over', proof };
  }

  /**
   * An address without account gets a proof, too, of which nobody is told: otherwise the time of a
   * later guess of the code would show which addresses have one.
   */
  private async mailReset(email: string, client: SessionClient): Promise<void> {
    const user = await this.users.findByEmail(email);
    await ignoringTooManyMails(() =>
      this.database.transaction(async (transaction) => {
        if (!user) return this.issueForNobody(email, client, transaction);
        await this.users.lock(user.id, transaction);
        await this.mails.resetPassword(user, client, transaction);
      }),
    );
  }

  private async issueForNobody(
    email: string,
    { fingerprint }: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    const browser = recognisableBrowser(fingerprint);
    const address = this.pseudonyms.of(email);
    const request = { purpose: 'reset_password', userId: null, address, browser } as const;
    await this.proofs.issue(request, transaction);
  }

  private async judgeReset(
    { token, email = '', code }: PasswordReset,
    client: SessionClient,
  ): Promise<GoodProof> {
    const purposes = ['reset_password'] as const;
    if (token !== undefined) return this.proofs.judgeToken(token, code, purposes, { client });
    const user = await this.users.findByEmail(email);
    const address = user?.email ?? this.pseudonyms.of(email);
    const found = await this.proofs.judgeCode(code, { address }, purposes);
    return { ...found, isByAsker: false };
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
    const passwordHash = await this.hashOfNobody(client);
    const { userId, address: email } = proof;
    await this.endSessions(userId, client, async (transaction) => {
      await this.proofs.consume(proof, presented, transaction);
      if (!(await this.users.prove({ id: userId, email }, { passwordHash }, transaction)))
        throw refusalOf(presented);
      await this.dropPending(userId, transaction);
      await this.mails.resetPassword({ id: userId, email }, client, transaction, true);
    });
    await this.events.emit('address_taken_over', { userId, client });
  }

  /**
   * Only for who asked for the change. A stranger who is tricked into it, even by the code, would get
   * an account to which somebody else knows the password, and the way back to the old address.
   */
  private async moveToNewAddress(
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
    await this.dropPending(userId, transaction);
    const options = { newAddress: address, isUnlimited: true };
    await this.tellOldAddress('address_changed', user, options, client, transaction);
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
    const browser = recognisableBrowser(client.fingerprint);
    const request = { purpose: 'change_address', userId, address: newAddress, browser } as const;
    const proof = await this.proofs.issue(request, transaction);
    if (isFree) await this.mails.verifyNewAddress(user, newAddress, proof, transaction);
    const options = { newAddress, isUnlimited: false };
    await this.tellOldAddress('address_change_requested', user, options, client, transaction);
  }

  /**
   * With a link that undoes the change. An address that was never proved gets none: it may be a
   * stranger's, by a slip of the finger, who could then take the account.
   */
  private async tellOldAddress(
    kind: 'address_change_requested' | 'address_changed',
    user: User,
    { newAddress, isUnlimited }: { newAddress: string; isUnlimited: boolean },
    { fingerprint }: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    if (!user.emailVerified) return;
    const { id: userId, email: address } = user;
    const browser = recognisableBrowser(fingerprint);
    const request = { purpose: 'undo_address_change', userId, address, browser } as const;
    const undo = await this.proofs.issue({ ...request, isUnlimited }, transaction);
    await this.mails.tellOldAddress(kind, user, newAddress, undo, transaction);
  }

  private async authenticate(change: AddressChange, client: SessionClient): Promise<User> {
    const { userId, sessionId, currentPassword } = change;
    const user = await this.users.findById(userId);
    if (user && (await this.passwords.verify(currentPassword, user.passwordHash, client.ip)))
      return user;
    await this.events.emit('password_change_failed', { userId, sessionId, client });
    throw new Problem('current_password_invalid');
  }

  private async isFree(address: string, userId: string): Promise<boolean> {
    if (await this.users.findAnyone(address)) return false;
    return !(await this.database.transaction((transaction) =>
      this.proofs.isReserved(address, userId, transaction),
    ));
  }

  /** Ends all sessions, and does the rest in the same transaction, after the user is locked. */
  private async endSessions(
    userId: string,
    by: SessionClient,
    alongside: (transaction: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.sessions.endAll(userId, 'password_changed', by, alongside);
  }

  /** Ends what was mailed about the account, sent or not. */
  private async dropPending(userId: string, transaction: EntityManager): Promise<void> {
    await this.proofs.end(userId, ALL_BUT_UNDO, transaction);
    await this.outbox.dropOf(userId, transaction);
  }

  /** The hash of a password that nobody knows. */
  private async hashOfNobody({ ip }: SessionClient): Promise<string> {
    return this.passwords.hash(randomBytes(32).toString('base64url'), ip);
  }

  /** @throws Problem `rate_limited` if too many mails were sent; then nothing is done */
  private async withinLimit(work: (transaction: EntityManager) => Promise<void>): Promise<void> {
    try {
      await this.database.transaction(work);
    } catch (error) {
      if (!(error instanceof TooManyMailsError)) throw error;
      this.rejections.rejectRateLimited('mail', await this.proofs.waitMs(error));
    }
  }
}

async function ignoringTooManyMails(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TooManyMailsError)) throw error;
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
