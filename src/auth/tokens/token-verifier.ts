import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { Config } from '../../platform/config/index.js';
import {
  readAccessClaims,
  readRefreshClaims,
  type AccessToken,
  type RefreshToken,
} from './claims.js';
import { verifyCompact } from './compact-jws.js';
import { isPastExpiry } from './expiry.js';
import { keyNameOf } from './jose-header.js';
import type { TokenKind } from './keys/token-key.js';
import { TokenKeys } from './token-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

/**
 * What a token is worth by itself: signature, kind, claims and times. Whether its session lives is
 * another question.
 */
export type Verdict<Token> =
  | { readonly kind: 'good'; readonly token: Token }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

/** Judges tokens. Knows no HTTP and no database. */
@Injectable()
export class TokenVerifier {
  constructor(
    private readonly keys: TokenKeys,
    private readonly verified: VerifiedTokens,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  access(text: string): Verdict<AccessToken> {
    const known = this.verified.find(text);
    if (known) return this.inTime(known);
    const token = this.read('access', text, readAccessClaims);
    if (token) this.verified.add(text, token);
    return this.inTime(token);
  }

  refresh(text: string): Verdict<RefreshToken> {
    return this.inTime(this.read('refresh', text, readRefreshClaims));
  }

  private read<Token>(
    kind: TokenKind,
    text: string,
    readClaims: (payload: Readonly<Record<string, unknown>>) => Token,
  ): Token | undefined {
    const name = keyNameOf(text, kind);
    const key = name && this.keys.verifying(kind, name);
    const payload = key && verifyCompact(text, name.algorithm, key);
    return payload && this.isForUs(payload) ? readClaims(payload) : undefined;
  }

  /** We write no `nbf`, so a token that has one asks for what we do not do. */
  private isForUs({ iss, aud, nbf }: Readonly<Record<string, unknown>>): boolean {
    const { issuer, audience } = this.config.tokens;
    return iss === issuer && aud === audience && nbf === undefined;
  }

  private inTime<Token extends { readonly expiresAt: number }>(
    token: Token | undefined,
  ): Verdict<Token> {
    if (!token) return { kind: 'invalid' };
    return isPastExpiry(token, this.clock.nowMs(), this.config.tokens)
      ? { kind: 'expired' }
      : { kind: 'good', token };
  }
}
