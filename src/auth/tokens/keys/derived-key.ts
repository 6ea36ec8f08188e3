import { createHash, createSecretKey, hkdfSync } from 'node:crypto';
import type { TokenKey, TokenKind } from './token-key.js';

/** HKDF-SHA256 (RFC 5869) with a label for each use: keys for different uses are unrelated, though the secret is one. */
export function deriveKey(secret: string, kind: TokenKind): TokenKey {
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', `evergreen ${kind} token`, 32));
  const id = createHash('sha256').update(bytes).digest('base64url').slice(0, 8);
  return { id, algorithm: 'HS256', key: createSecretKey(bytes) };
}
