import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { AccessToken } from './claims.js';
import { TokenKeys } from './token-keys.js';

/** About 10 MB. */
const MAX_TOKENS = 10_000;

/**
 * A cache of access tokens whose signature and claims were verified, by their text. A client sends
 * the same token for minutes or hours, and verifying it each time would take longer than the rest
 * of the request.
 */
@Injectable()
export class VerifiedTokens {
  private readonly tokens = new LRUCache<string, AccessToken>({ max: MAX_TOKENS });
  private verifiedBy: unknown;

  constructor(private readonly keys: TokenKeys) {}

  /** Undefined if the token is not cached, or if the keys have changed since it was verified. */
  find(text: string): AccessToken | undefined {
    return this.verifiedBy === this.keys.ofFile ? this.tokens.get(text) : undefined;
  }

  /** Adds a token that has just been verified. */
  add(text: string, token: AccessToken): void {
    if (this.verifiedBy !== this.keys.ofFile) this.tokens.clear();
    this.verifiedBy = this.keys.ofFile;
    this.tokens.set(text, token);
  }
}
