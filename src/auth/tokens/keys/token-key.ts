import type { KeyObject } from 'node:crypto';

/** What a token is for. Each kind has keys of its own, so that one can never pass as the other. */
export type TokenKind = 'access' | 'refresh';

/**
 * HS256 takes a secret that nobody else has, ES256 a pair of keys whose public half is published.
 */
export type Algorithm = 'HS256' | 'ES256';

/** What a token's header says of its key. */
export interface KeyName {
  /** `kid`, so that a verifier tries only the right key. */
  readonly id: string;
  /** The one algorithm that the key is good for. */
  readonly algorithm: Algorithm;
}

export interface TokenKey extends KeyName {
  readonly key: KeyObject;
}
