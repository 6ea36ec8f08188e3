import type { MailNotice } from '../platform/config/index.js';

/**
 * Every kind of mail, with what its text tells. Tokens and codes are those that the recipient proves
 * the address with; links are made from them when the mail is sent.
 */
export interface MailData {
  /** A link and a code to set a new password. */
  reset_password: Proof;
  /** A link and a code that prove the address, after registration or on request. */
  verify_address: Proof;
  /** Somebody tried to register with this address, which has an account. */
  already_registered: Record<string, never>;
  /** To the new address of a change: a link and a code that prove it. */
  verify_new_address: Proof;
  /** To the old address of a change: the new one, masked, and a link and a code that undo it. */
  address_change_requested: Proof & { readonly newAddress: string };
  address_changed: Proof & { readonly newAddress: string };
  password_changed: Happened;
  /** The last mail. */
  account_deleted: Happened;
  new_device: Happened;
  /** A refresh token was used twice, so its session has ended. */
  session_ended_for_reuse: Happened;
}

export type MailKind = keyof MailData;

/** Proves that somebody reads the mail of an address. */
export interface Proof {
  readonly token: string;
  readonly code: string;
  /** From the time at which the mail is added to the outbox. */
  readonly expiresInMinutes: number;
}

/** When and from where something was done. */
export interface Happened {
  /** ISO 8601. */
  readonly at: string;
  readonly deviceName: string | null;
  /** Coarse, such as `192.0.2.0/24`. */
  readonly network: string | null;
}

/** A mail to send. */
export type NewMail = {
  [Kind in MailKind]: {
    readonly kind: Kind;
    /** The account that it is about; its unsent mails end with `Outbox.dropOf`. */
    readonly userId: string | null;
    readonly recipient: string;
    readonly data: MailData[Kind];
  };
}[MailKind];

/** A kind of mail that tells what has happened, and that `MAIL_NOTICES` turns on and off. */
export type NoticeKind = MailNotice & MailKind;

/** A mail as it is in the outbox. */
export interface StoredMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly userId: string | null;
  readonly recipient: string;
  /** Encrypted, see `seal`. */
  readonly data: string;
  /** Epoch milliseconds, as the next one. */
  readonly createdAtMs: number;
  /** Then it is no longer worth sending. */
  readonly sendUntilMs: number;
  /** How often it was tried, with the attempt that now begins. */
  readonly attempts: number;
}
