import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * NIST SP 800-63B, section 5.1.1.2: check the length and a list of common passwords; no rules about
 * composition.
 */
const MINIMUM_CHARACTERS = 8;

/** The composed form has at least a quarter of the characters of the typed one. */
const MAX_TYPED_CHARACTERS = 4 * 72;

/** bcrypt silently ignores everything after this. */
const MAXIMUM_BYTES = 72;

const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common']
    .map(String)
    .filter((password) => password.length >= MINIMUM_CHARACTERS),
);

/**
 * The form in which a password is checked and hashed, Unicode's NFC, since keyboards encode a
 * letter in several ways. A text that is too long to be hashed in any form is not composed, since
 * that would take time that grows with the square of its length.
 */
export function composed(password: string): string {
  return password.length > MAX_TYPED_CHARACTERS ? password : password.normalize('NFC');
}

/**
 * True if a password may be chosen. Its composed form must have at least 8 characters, at most 72
 * bytes of UTF-8, and not be a common password.
 */
export function isAcceptablePassword(typed: string): boolean {
  const password = composed(typed);
  return (
    [...password].length >= MINIMUM_CHARACTERS &&
    isHashable(password) &&
    !COMMON_PASSWORDS.has(password.toLowerCase())
  );
}

/** True if bcrypt uses the whole password. */
export function isHashable(password: string): boolean {
  return Buffer.byteLength(password) <= MAXIMUM_BYTES;
}
