import { isCanonicalPart, readTokenPart } from '../tokens/token-part.js';

/** A proof has about 500 characters; longer texts are not parsed. */
const MAX_PROOF_CHARACTERS = 4096;

/**
 * Visible ASCII, so that it can be stored and logged: PostgreSQL refuses text with a NUL. Proofs
 * are told apart by a UUID or by 96 random bits (RFC 9449, section 4.2).
 */
const PROOF_ID = /^[!-~]{1,128}$/;

/** SHA-256 in base64url. */
const THUMBPRINT_CHARACTERS = 43;

/** Seconds since 1970; to the year 9999, which a Date can hold. */
const MAX_NUMERIC_DATE = 253_402_300_799;

/** A proof whose text is in good form, and of which nothing has been verified. */
export interface ProofText {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signedText: string;
  readonly signature: string;
}

/** The claims of a proof (RFC 9449, section 4.2). */
export interface ProofClaims {
  readonly jti: string;
  readonly htm: string;
  readonly htu: string;
  /** In seconds. */
  readonly iat: number;
  readonly nonce?: string | undefined;
  readonly ath?: string | undefined;
  /** A claim of our own, `new_jkt`: the thumbprint of the key that is to follow this one. */
  readonly newThumbprint?: string | undefined;
}

export function isTooLong(text: string): boolean {
  return text.length > MAX_PROOF_CHARACTERS;
}

/** Undefined if the text does not consist of two JSON objects and a signature, in base64url. */
export function readProofText(text: string): ProofText | undefined {
  const parts = text.split('.');
  if (parts.length !== 3 || !parts.every(isCanonicalPart)) return undefined;
  const [first, second, signature] = parts as [string, string, string];
  const [header, claims] = [readTokenPart(first), readTokenPart(second)];
  if (!header || !claims) return undefined;
  return { header, claims, signedText: `${first}.${second}`, signature };
}

/** Undefined if a required claim is missing, or a claim is not of its type. */
export function readProofClaims(claims: ProofText['claims']): ProofClaims | undefined {
  const { jti, htm, htu, iat, nonce, ath, new_jkt: newThumbprint } = claims;
  const areTexts = typeof jti === 'string' && typeof htm === 'string' && typeof htu === 'string';
  if (!areTexts || !PROOF_ID.test(jti) || !isNumericDate(iat)) return undefined;
  if (!isOptionalText(nonce) || !isOptionalText(ath)) return undefined;
  if (!isOptionalText(newThumbprint) || !isThumbprint(newThumbprint)) return undefined;
  return { jti, htm, htu, iat, nonce, ath, newThumbprint };
}

/** Whether a proof, good or bad, has the claim `new_jkt`, whatever its value. */
export function namesNewKey({ claims }: ProofText): boolean {
  return Object.hasOwn(claims, 'new_jkt');
}

function isNumericDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_NUMERIC_DATE;
}

function isThumbprint(value: string | undefined): boolean {
  return value === undefined || (value.length === THUMBPRINT_CHARACTERS && isCanonicalPart(value));
}

function isOptionalText(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
