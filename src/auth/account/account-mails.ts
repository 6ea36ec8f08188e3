import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import {
  Outbox,
  type Happened,
  type MailKind,
  type NewMail,
  type Proof,
} from '../../mail/index.js';
import { Clock } from '../../platform/clock/index.js';
import { DATABASE } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { coarseNetworkOf } from '../../platform/events/index.js';
import { Counters } from '../../platform/throttling/index.js';
import type { Requester } from '../../sessions/index.js';
import { UsersService, type User } from '../../users/index.js';
import { recognisableBrowser } from '../proofs/proof.js';
import { Proofs, TooManyMailsError } from '../proofs/proofs.js';
import { maskedAddress } from './masked-address.js';

const HOUR_MS = 60 * 60_000;

/** Somebody may register with the address of another person and delete the account, again and again. */
const LAST_MAILS_AN_HOUR = 5;

/**
 * Who takes over an account could otherwise have the unsent mails of the account dropped
 * (`Outbox.dropOf`), and its owner would never hear of it.
 */
const KEPT_WHATEVER_HAPPENS = null;

type Addressee = Pick<User, 'id' | 'email'>;

/** The mails about accounts. Each is added within the transaction of what it tells of. */
@Injectable()
export class AccountMails {
  constructor(
    private readonly proofs: Proofs,
    private readonly outbox: Outbox,
    private readonly users: UsersService,
    private readonly counters: Counters,
    private readonly clock: Clock,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /** False if there is no way to send mail. */
  get isOpen(): boolean {
    return this.outbox.isOpen;
  }

  /** @throws Problem `mail_not_configured` if there is no way to send mail */
  requireOpen(): void {
    if (!this.isOpen) throw new Problem('mail_not_configured', { isExpected: true });
  }

  /**
   * A link to set a new password.
   *
   * @throws TooManyMailsError
   */
  async resetPassword(
    user: Addressee,
    by: Requester,
    transaction: EntityManager,
    isUnlimited = false,
  ): Promise<void> {
    await this.mailProof('reset_password', user, by, transaction, isUnlimited);
  }

  /**
   * A link that proves the address of a user.
   *
   * @throws TooManyMailsError
   */
  async verifyAddress(user: Addressee, by: Requester, transaction: EntityManager): Promise<void> {
    await this.mailProof('verify_address', user, by, transaction, false);
  }

  /**
   * The same for a new account, which must not fail: nothing is mailed if the address has had too
   * many, since accounts with it were deleted just now.
   */
  async verifyFirstAddress(
    user: Addressee,
    by: Requester,
    transaction: EntityManager,
  ): Promise<void> {
    try {
      await this.verifyAddress(user, by, transaction);
    } catch (error) {
      if (!(error instanceof TooManyMailsError)) throw error;
    }
  }

  /** A link by which the new address of a user is proved. */
  async verifyNewAddress(
    { id: userId }: Addressee,
    newAddress: string,
    proof: Proof,
    transaction: EntityManager,
  ): Promise<void> {
    const mail = {
      kind: 'verify_new_address',
      recipient: newAddress,
      userId,
      data: proof,
    } as const;
    await this.outbox.add(mail, transaction);
  }

  /** Tells the old address of a change, with a link that undoes it. */
  async tellOldAddress(
    kind: 'address_change_requested' | 'address_changed',
    { email: recipient }: Addressee,
    newAddress: string,
    proof: Proof,
    transaction: EntityManager,
  ): Promise<void> {
    const data = { ...proof, newAddress: maskedAddress(newAddress) };
    await this.notify({ kind, recipient, userId: KEPT_WHATEVER_HAPPENS, data }, transaction);
  }

  async passwordChanged(
    { email: recipient }: Addressee,
    by: Requester,
    transaction: EntityManager,
  ): Promise<void> {
    const data = this.happenedBy(by);
    const userId = KEPT_WHATEVER_HAPPENS;
    await this.notify({ kind: 'password_changed', recipient, userId, data }, transaction);
  }

  /**
   * The last mails of an account: all that wait for its addresses are dropped, and each gets one
   * that tells of the deletion.
   */
  async accountDeleted(
    userId: string,
    recipients: readonly string[],
    by: Requester,
    transaction: EntityManager,
  ): Promise<void> {
    await this.outbox.dropOf(userId, transaction);
    await this.outbox.dropTo(recipients, transaction);
    const data = this.happenedBy(by);
    for (const recipient of recipients) {
      const count = await this.countAnHour('account_deleted', recipient);
      if (count <= LAST_MAILS_AN_HOUR)
        await this.notify({ kind: 'account_deleted', recipient, userId: null, data }, transaction);
    }
  }

  /**
   * Tells the owner of an address that somebody has tried to register with it, at most once an hour.
   */
  async alreadyRegistered(address: string): Promise<void> {
    const user = await this.users.findByEmail(address);
    if (!user || !this.isOpen || (await this.countAnHour('already_registered', user.email)) > 1)
      return;
    await this.database.transaction((transaction) =>
      this.outbox.add(
        { kind: 'already_registered', recipient: user.email, userId: user.id, data: {} },
        transaction,
      ),
    );
  }

  private async mailProof(
    kind: 'reset_password' | 'verify_address',
    { id: userId, email: recipient }: Addressee,
    client: Requester,
    transaction: EntityManager,
    isUnlimited: boolean,
  ): Promise<void> {
    if (!this.isOpen) return;
    const browser = recognisableBrowser(client);
    const request = { purpose: kind, userId, address: recipient, browser, isUnlimited };
    const data = await this.proofs.issue(request, transaction);
    await this.outbox.add({ kind, recipient, userId, data }, transaction);
  }

  /** Adds a mail that nobody waits for, and that no thief may prevent. */
  private async notify(mail: NewMail, transaction: EntityManager): Promise<void> {
    if (this.isOpen) await this.outbox.add(mail, transaction);
  }

  private happenedBy({ deviceName, ip = null }: Requester): Happened {
    const at = new Date(this.clock.nowMs()).toISOString();
    return { at, deviceName: deviceName ?? null, network: coarseNetworkOf(ip) };
  }

  private async countAnHour(kind: MailKind, address: string): Promise<number> {
    const key = createHash('sha256').update(address).digest('base64url');
    return (await this.counters.hit(`${kind}:${key}`, HOUR_MS)).count;
  }
}
