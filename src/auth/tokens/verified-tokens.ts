import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AccessToken } from './claims.js';
import { TokenKeys } from './token-keys.js';

/** Some 10 MB. */
const MAX_TOKENS = 10_000;

/**
 * Access tokens whose signature and claims were found good, by their text: a client sends the same
 * one for minutes or hours, and to verify it anew each time would take longer than all else that a
 * request passes through.
 */
@Injectable()
export class VerifiedTokens {
  private readonly tokens = new LRUCache<string, AccessToken>({ max: MAX_TOKENS });
  private verifiedBy: unknown;

  constructor(private readonly keys: TokenKeys) {}

  /** Undefined where the token is new here, or was verified by keys that have changed since. */
  find(text: string): AccessToken | undefined {
    return this.verifiedBy === this.keys.ofFile ? this.tokens.get(text) : undefined;
  }

  /** Remembers a token that has just been verified. */
  add(text: string, token: AccessToken): void {
    if (this.verifiedBy !== this.keys.ofFile) this.tokens.clear();
    this.verifiedBy = this.keys.ofFile;
    this.tokens.set(text, token);
  }
}
