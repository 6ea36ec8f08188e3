import { LRUCache } from 'lru-cache';
import type { Algorithm, KeyName, TokenKind } from './keys/token-key.js';
import { isCanonicalPart, readTokenPart } from './token-part.js';

/** The accepted algorithms. A token with another one is rejected before a key is chosen. */
export const ALGORITHMS: readonly Algorithm[] = ['HS256', 'ES256'];

/**
 * RFC 8725, section 3.11: an explicit type, so that one kind of token is not accepted as the other.
 */
const TOKEN_TYPE: Readonly<Record<TokenKind, string>> = {
  access: 'at+jwt',
  refresh: 'rt+jwt',
};

const KINDS: readonly TokenKind[] = ['access', 'refresh'];

/**
 * Our tokens are shorter than 2 kB, or 8 kB with all roles and claims that a user may have; a body may
 * contain 100 kB.
 */
const MAX_TOKEN_CHARACTERS = 8192;

/** Our headers have about 70; longer ones are neither parsed nor cached. */
const MAX_HEADER_CHARACTERS = 500;

/** A header that we write, with its members in this order. */
interface WrittenHeader {
  readonly alg: Algorithm;
  readonly typ: string;
  readonly kid: string;
}

/** A parsed header: the members that we understand. */
interface JoseHeader {
  readonly type?: string;
  readonly key?: KeyName;
}

/** All tokens of a kind that one key has signed have the same header. */
const knownHeaders = new LRUCache<string, JoseHeader>({ max: 100, memoMethod: readHeader });

/** The header of a new token. */
export function headerOf(kind: TokenKind, { id, algorithm }: KeyName): WrittenHeader {
  return { alg: algorithm, typ: TOKEN_TYPE[kind], kid: id };
}

/** The kind that a token claims by its `typ`, without any further check. */
export function claimedKindOf(token: string): TokenKind | undefined {
  const header = partsOf(token)?.[0];
  if (header === undefined || header.length > MAX_HEADER_CHARACTERS) return undefined;
  const { type } = knownHeaders.memo(header);
  return KINDS.find((kind) => TOKEN_TYPE[kind] === type);
}

/**
 * The key that a token of this kind names; undefined if its text or header is not in the form that
 * we write.
 */
export function keyNameOf(token: string, kind: TokenKind): KeyName | undefined {
  const parts = partsOf(token);
  if (!parts?.every(isCanonicalPart)) return undefined;
  const { type, key } = knownHeaders.memo(parts[0] ?? '');
  return type === TOKEN_TYPE[kind] ? key : undefined;
}

/** Header, claims and signature; undefined if a text is too long or does not have three parts. */
function partsOf(token: string): string[] | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const parts = token.split('.');
  return parts.length === 3 ? parts : undefined;
}

function readHeader(part: string): JoseHeader {
  const header = readTokenPart(part);
  // Members that we never write (`crit`, `jwk`, `jku`, `b64`, ...) could change what the token
  // means.
  if (!header || Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name)))
    return {};
  const algorithm = ALGORITHMS.find((ours) => ours === header.alg);
  if (!algorithm || typeof header.typ !== 'string' || typeof header.kid !== 'string') return {};
  return { type: header.typ, key: { id: header.kid, algorithm } };
}
