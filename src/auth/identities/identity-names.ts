import { isLine } from '../../platform/http/index.js';

/** OpenID Connect allows 255 for a subject; other providers have longer ones. */
const MAX_NAME_CHARACTERS = 500;

/** Of both together: PostgreSQL indexes 2,704 bytes, with what it adds itself. */
const MAX_NAMES_BYTES = 2000;

/** An issuer and a subject, as somebody else names them. */
interface GivenNames {
  readonly issuer: unknown;
  readonly subject: unknown;
}

/** True for an issuer and a subject that can be stored unchanged, and found by the index. */
export function areIdentityNames({ issuer, subject }: GivenNames): boolean {
  return (
    isName(issuer) && isName(subject) && Buffer.byteLength(issuer + subject) <= MAX_NAMES_BYTES
  );
}

/** @throws an error that says what is allowed, unless `areIdentityNames` */
export function requireIdentityNames(names: GivenNames): void {
  if (!areIdentityNames(names))
    throw new Error(
      `An identity needs an issuer and a subject of 1 to ${MAX_NAME_CHARACTERS} characters on one line, together of at most ${MAX_NAMES_BYTES} bytes.`,
    );
}

function isName(value: unknown): value is string {
  return isLine(value) && value !== '' && value.length <= MAX_NAME_CHARACTERS;
}
