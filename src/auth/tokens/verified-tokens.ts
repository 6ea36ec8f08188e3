import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import type { AccessToken } from './claims.js';
import { isPastExpiry } from './expiry.js';
import { TokenKeys } from './token-keys.js';

/** Some 10 MB. */
const MAX_TOKENS = 10_000;

/**
 * Access tokens that have been judged good, by their text: a client sends the same one for minutes or hours, and to judge it anew each
 * time would take longer than all else that a request passes through. What can change is asked each time: the time and the keys here,
 * the session by the guard.
 */
@Injectable()
export class VerifiedTokens {
  private readonly tokens = new LRUCache<string, AccessToken>({ max: MAX_TOKENS });
  private verifiedBy: unknown;

  constructor(
    private readonly keys: TokenKeys,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Undefined where the token has to be judged: it is new here, past its expiry, or was judged by keys that have changed since. */
  find(text: string): AccessToken | undefined {
    if (this.verifiedBy !== this.keys.ofFile) return undefined;
    const token = this.tokens.get(text);
    return token && !isPastExpiry(token, this.clock.nowMs(), this.config.tokens) ? token : undefined;
  }

  /** Remembers a token that has just been judged good. */
  add(text: string, token: AccessToken): void {
    if (this.verifiedBy !== this.keys.ofFile) this.tokens.clear();
    this.verifiedBy = this.keys.ofFile;
    this.tokens.set(text, token);
  }
}
