import { createHash, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { TokenKey, TokenKind } from './token-key.js';

/** Derives the key of one kind of token from a secret. */
export function deriveKey(secret: string, kind: TokenKind): TokenKey {
  const key = deriveSecretKey(secret, `${kind} token`);
  const id = createHash('sha256').update(key.export()).digest('base64url').slice(0, 8);
  return { id, algorithm: 'HS256', key };
}

/**
 * HKDF-SHA256 (RFC 5869) with a label for each use, so that keys for different uses are unrelated,
 * although there is one secret.
 */
export function deriveSecretKey(secret: string, use: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', `evergreen ${use}`, 32)));
}
