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
  /** The fingerprint of the browser that asked; null if it cannot be recognised. */
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

/**
 * The fingerprint by which a browser is recognised when it comes back. Only one of a device id, which
 * is random: a fingerprint of the User-Agent is the same for many people, and for the programs that
 * open the links of mails.
 */
export function recognisableBrowser(fingerprint: string | undefined): string | null {
  return fingerprint?.startsWith(FOUND_BY_DEVICE_ID) ? fingerprint : null;
}

/** True if the proof was asked for in the browser with this fingerprint. */
export function isFromBrowser(asked: string | null, fingerprint: string): boolean {
  return asked !== null && asked === recognisableBrowser(fingerprint);
}
