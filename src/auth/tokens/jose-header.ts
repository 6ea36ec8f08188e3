import type { Algorithm, KeyName, TokenKind } from './keys/token-key.js';

/** The algorithms of ours. A token that asks for another is refused before any key is chosen. */
export const ALGORITHMS: readonly Algorithm[] = ['HS256', 'ES256'];

/** RFC 8725 section 3.11: an explicit type keeps one kind of token from being taken for the other. */
export const TOKEN_TYPE: Readonly<Record<TokenKind, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };

/** The key that a token of this kind names, or undefined where its text or header is not one that we would have written. */
export function keyNameOf(token: string, kind: TokenKind): KeyName | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;

  const header = parseObject(parts[0] ?? '');
  // A member that we never write (`crit`, `jwk`, `jku`, `b64`, ...) asks for a meaning that we do not know.
  if (!header || Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name))) return undefined;
  const algorithm = ALGORITHMS.find((ours) => ours === header.alg);
  if (!algorithm || header.typ !== TOKEN_TYPE[kind] || typeof header.kid !== 'string') return undefined;
  return { id: header.kid, algorithm };
}

/** One text for one token: base64url decoders are lenient, and a second spelling of a token must not pass. */
function isCanonical(part: string): boolean {
  return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parseObject(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
