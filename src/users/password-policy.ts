import { dictionary } from '@zxcvbn-ts/language-common';

/**
 * NIST SP 800-63B section 5.1.1.2: length and a list of common passwords count, rules about
 * composition do not.
 */
const MINIMUM_CHARACTERS = 8;

/** bcrypt reads no further; what lies beyond would be ignored silently. */
const MAXIMUM_BYTES = 72;

const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common']
    .map(String)
    .filter((password) => password.length >= MINIMUM_CHARACTERS),
);

/**
 * True where a password may be chosen: 8 characters or more, at most 72 bytes of UTF-8, and not
 * among the common ones.
 */
export function isAcceptablePassword(password: string): boolean {
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
