import type { KeyObject } from 'node:crypto';

/** Each kind has its own keys, so that one kind is never accepted as the other. */
export type TokenKind = 'access' | 'refresh';

/**
 * HS256 uses a shared secret, ES256 a key pair whose public key is published.
 */
export type Algorithm = 'HS256' | 'ES256';

/** The key that a token's header names. */
export interface KeyName {
  /** `kid`, so that a verifier tries only the right key. */
  readonly id: string;
  /** The only algorithm for this key. */
  readonly algorithm: Algorithm;
}

export interface TokenKey extends KeyName {
  readonly key: KeyObject;
}
