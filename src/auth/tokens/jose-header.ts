import type { TokenKind } from './token-keys.js';

/** The one algorithm of ours. A token that asks for another is refused before any key is chosen. */
export const ALGORITHM = 'HS256';

/** RFC 8725 section 3.11: an explicit type keeps one kind of token from being taken for the other. */
export const TOKEN_TYPE: Readonly<Record<TokenKind, string>> = { access: 'at+jwt', refresh: 'rt+jwt' };

/** `kid` of a token of this kind, or undefined where its text or header is not one that we would have written. */
export function keyIdOf(token: string, kind: TokenKind): string | undefined {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;

  const header = parseObject(parts[0] ?? '');
  // A member that we never write (`crit`, `jwk`, `jku`, `b64`, ...) asks for a meaning that we do not know.
  if (!header || Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name))) return undefined;
  const isOurs = header.alg === ALGORITHM && header.typ === TOKEN_TYPE[kind] && typeof header.kid === 'string';
  return isOurs ? (header.kid as string) : undefined;
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
