import { createHash } from 'node:crypto';

/** What a mailed link or code may be used for. */
export type ProofPurpose =
  /** Setting a new password. */
  | 'reset_password'
  /** Proving the address of an account. */
  | 'verify_address'
  /** Proving the new address of an account, which then replaces the old one. */
  | 'change_address'
  /** Restoring the old address of an account. */
  | 'undo_address_change';

/** A row of the table `proofs` that has neither expired nor ended. */
export interface StoredProof {
  readonly id: string;
  readonly purpose: ProofPurpose;
  /** Null if the address had no account: nobody was told of this proof. */
  readonly userId: string | null;
  /** The address that was proved; a pseudonym if it had no account. */
  readonly address: string;
  readonly codeHash: Buffer;
  /** The result of `recognisableBrowser` for the browser that asked. */
  readonly browser: string | null;
}

/** A proof that was presented, and is good. It is not consumed yet. */
export interface GoodProof {
  readonly id: string;
  readonly purpose: ProofPurpose;
  readonly userId: string;
  readonly address: string;
  /**
   * It was asked for in this browser, or this browser is signed in to the account. Otherwise,
   * whoever presents it reads the mail of the address, and may be somebody else than who asked.
   */
  readonly isByAsker: boolean;
}

/** What somebody presents: a token, a code, or both. */
export interface PresentedProof {
  readonly token?: string | undefined;
  readonly code?: string | undefined;
}

const FOUND_BY_DEVICE_ID = 'device:';
const FOUND_BY_USER_AGENT = 'agent:';

/** What is known of the browser that asks for a mail, or that presents what was in it. */
export interface Browser {
  /** The result of `fingerprintOf`. */
  readonly fingerprint?: string | null | undefined;
  readonly ip?: string | null | undefined;
}

/**
 * By what a browser is recognised when it comes back: its device id, which is random. Without one,
 * its kind together with its address: many people, and the programs that open the links of mails,
 * have the same User-Agent, but hardly at the same address. Null if neither is known.
 */
export function recognisableBrowser({ fingerprint, ip }: Browser): string | null {
  if (fingerprint?.startsWith(FOUND_BY_DEVICE_ID)) return fingerprint;
  if (!fingerprint?.startsWith(FOUND_BY_USER_AGENT) || !ip) return null;
  return `${FOUND_BY_USER_AGENT}${createHash('sha256').update(`${fingerprint}\n${ip}`).digest('base64url')}`;
}

/** True if the proof was asked for in this browser. */
export function isFromBrowser(asked: string | null, browser: Browser): boolean {
  return asked !== null && asked === recognisableBrowser(browser);
}
