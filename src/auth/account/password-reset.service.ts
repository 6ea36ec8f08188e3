import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { Proof } from '../../mail/index.js';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { SessionClient } from '../../sessions/index.js';
import {
  isAcceptablePassword,
  PasswordHasher,
  UsersService,
  type User,
} from '../../users/index.js';
import { AccountPseudonyms } from '../client-info/account-pseudonyms.js';
import { recognisableBrowser, type GoodProof, type PresentedProof } from '../proofs/proof.js';
import { Proofs, refusalOf, TooManyMailsError } from '../proofs/proofs.js';
import { AccountMails } from './account-mails.js';
import { BackgroundWork } from './background-work.js';
import { EarlierAccess } from './earlier-access.js';

/** What a reset needs: a token, or an address and a code. */
export interface PasswordReset extends PresentedProof {
  readonly email?: string | undefined;
  readonly newPassword: string;
}

/** What an operator gets for a user who has lost the password. */
export type OperatorReset =
  | { readonly kind: 'mailed' }
  /** There is no way to send mail, so the operator must hand it over. */
  | { readonly kind: 'to_hand_over'; readonly proof: Proof };

/** Sets new passwords for users who have lost theirs. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly proofs: Proofs,
    private readonly mails: AccountMails,
    private readonly earlierAccess: EarlierAccess,
    private readonly pseudonyms: AccountPseudonyms,
    private readonly background: BackgroundWork,
    private readonly events: SecurityEvents,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

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
    await this.earlierAccess.endSessions(userId, client, async (transaction) => {
      await this.proofs.consume(proof, reset, transaction);
      const user = await this.users.lock(userId, transaction);
      if (!user?.emailVerified) await this.earlierAccess.unlinkIdentities(userId, transaction);
      if (!(await this.users.prove({ id: userId, email }, { passwordHash }, transaction)))
        throw refusalOf(reset);
      await this.earlierAccess.dropPending(userId, transaction);
      await this.mails.passwordChanged({ id: userId, email }, client, transaction);
    });
    await this.events.emit('password_reset', { userId, client });
  }

  /** For an operator: mails a link to set a new password, or returns it where no mail is sent. */
  async resetForOperator(user: User): Promise<OperatorReset> {
    if (this.mails.isOpen) {
      await this.mailResetForOperator(user);
      return { kind: 'mailed' };
    }
    const { id: userId, email: address } = user;
    const request = { purpose: 'reset_password', userId, address, browser: null } as const;
    const proof = await this.database.transaction((transaction) =>
      this.proofs.issue({ ...request, isUnlimited: true }, transaction),
    );
    return { kind: 'to_hand_over', proof };
  }

  /**
   * For an operator: mails a link to set a new password.
   *
   * @throws Problem `mail_not_configured`
   */
  async mailResetForOperator({ id, email }: User): Promise<void> {
    this.mails.requireOpen();
    await this.database.transaction((transaction) =>
      this.mails.resetPassword({ id, email }, {}, transaction, true),
    );
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
    client: SessionClient,
    transaction: EntityManager,
  ): Promise<void> {
    const browser = recognisableBrowser(client);
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
}

async function ignoringTooManyMails(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof TooManyMailsError)) throw error;
  }
}
