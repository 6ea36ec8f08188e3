import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * NIST SP 800-63B section 5.1.1.2: length and a list of common passwords count, rules about
 * composition do not.
 */
const MINIMUM_CHARACTERS = 8;

/** The form that composes has at least a quarter of the characters of the one that was typed. */
const MAX_TYPED_CHARACTERS = 4 * 72;

/** bcrypt reads no further; what lies beyond would be ignored silently. */
const MAXIMUM_BYTES = 72;

const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common']
    .map(String)
    .filter((password) => password.length >= MINIMUM_CHARACTERS),
);

/**
 * The form of a password that is judged and hashed, Unicode's NFC: keyboards write one letter in
 * several ways. One that is too long to be hashed in any form stays as it is, since the work grows
 * with the square of its length.
 */
export function composed(password: string): string {
  return password.length > MAX_TYPED_CHARACTERS ? password : password.normalize('NFC');
}

/**
 * True where a password may be chosen, judged by its composed form: 8 characters or more, at most
 * 72 bytes of UTF-8, and not among the common ones.
 */
export function isAcceptablePassword(typed: string): boolean {
  const password = composed(typed);
  return (
    [...password].length >= MINIMUM_CHARACTERS &&
    isHashable(password) &&
    !COMMON_PASSWORDS.has(password.toLowerCase())
  );
}

/** True where bcrypt sees all of the password. */
export function isHashable(password: string): boolean {
  return Buffer.byteLength(password) <= MAXIMUM_BYTES;
}
