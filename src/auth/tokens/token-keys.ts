import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';

/** What a token is for. Each kind has a key of its own, so that one can never pass as the other. */
export type TokenKind = 'access' | 'refresh';

export interface SigningKey {
  /** Names the key in a token's header (`kid`), so that a verifier tries only the right one. */
  readonly id: string;
  readonly key: KeyObject;
}

/** The keys of both kinds of tokens, derived once from the configured secrets. */
@Injectable()
export class TokenKeys {
  private readonly keys: Readonly<Record<TokenKind, readonly [SigningKey, ...SigningKey[]]>>;

  constructor({ tokens: { secret, previousSecret } }: Config) {
    const derive = (kind: TokenKind) => [deriveKey(secret, kind), ...(previousSecret ? [deriveKey(previousSecret, kind)] : [])] as const;
    this.keys = { access: [...derive('access')], refresh: [...derive('refresh')] };
  }

  /** The key to sign new tokens with. */
  signing(kind: TokenKind): SigningKey {
    return this.keys[kind][0];
  }

  /** The key to verify a token with, by its `kid`; undefined where it is none of ours. */
  verifying(kind: TokenKind, id: string): KeyObject | undefined {
    return this.keys[kind].find((key) => key.id === id)?.key;
  }
}

/** HKDF-SHA256 (RFC 5869) with a label for each use: keys for different uses are unrelated, though the secret is one. */
function deriveKey(secret: string, kind: TokenKind): SigningKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `evergreen ${kind} token`, 32));
  const id = createHash('sha256').update(bytes).digest('base64url').slice(0, 8);
  return { id, key: createSecretKey(bytes) };
}
