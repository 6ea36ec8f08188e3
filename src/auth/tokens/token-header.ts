import { LRUCache } from 'lru-cache';
import type { Algorithm, KeyName, TokenKind } from './keys/token-key.js';
import { readTokenPart } from './token-part.js';

/** The algorithms of ours. A token that asks for another is refused before any key is chosen. */
export const ALGORITHMS: readonly Algorithm[] = ['HS256', 'ES256'];

/**
 * RFC 8725 section 3.11: an explicit type keeps one kind of token from being taken for the other.
 */
const TOKEN_TYPE: Readonly<Record<TokenKind, string>> = {
  access: 'at+jwt',
  refresh: 'rt+jwt',
};

const KINDS: readonly TokenKind[] = ['access', 'refresh'];

/** Ours stay below 2 kB; a body may bring 100 kB. */
const MAX_TOKEN_CHARACTERS = 4096;

/** Ours have some 70; longer ones are not worth reading, nor remembering. */
const MAX_HEADER_CHARACTERS = 500;

/**
 * One text for one token: base64url decoders are lenient, and a second spelling of a token, with
 * bits that nobody reads, must not pass.
 */
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{2}[AEIMQUYcgkosw048]|[\w-][AQgw])?$/;

/** A header of ours, its members in the order in which they are written. */
interface WrittenHeader {
  readonly alg: Algorithm;
  readonly typ: string;
  readonly kid: string;
}

/** A header, as far as we know what it means. */
interface JoseHeader {
  readonly type?: string;
  readonly key?: KeyName;
}

/** All tokens of a kind that one key has signed have the same header. */
const knownHeaders = new LRUCache<string, JoseHeader>({ max: 100, memoMethod: readHeader });

/** The header of a token that a key is to sign. */
export function headerOf(kind: TokenKind, { id, algorithm }: KeyName): WrittenHeader {
  return { alg: algorithm, typ: TOKEN_TYPE[kind], kid: id };
}

/** The kind that a token says it is of, whether or not anything else of it is good. */
export function claimedKindOf(token: string): TokenKind | undefined {
  const header = partsOf(token)?.[0];
  if (header === undefined || header.length > MAX_HEADER_CHARACTERS) return undefined;
  const { type } = knownHeaders.memo(header);
  return KINDS.find((kind) => TOKEN_TYPE[kind] === type);
}

/**
 * The key that a token of this kind names, or undefined where its text or header is not one that we
 * would have written.
 */
export function keyNameOf(token: string, kind: TokenKind): KeyName | undefined {
  const parts = partsOf(token);
  if (!parts?.every((part) => part !== '' && CANONICAL_BASE64URL.test(part))) return undefined;
  const { type, key } = knownHeaders.memo(parts[0] ?? '');
  return type === TOKEN_TYPE[kind] ? key : undefined;
}

/** Header, claims and signature; undefined where a text is too long or has other parts. */
function partsOf(token: string): string[] | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const parts = token.split('.');
  return parts.length === 3 ? parts : undefined;
}

function readHeader(part: string): JoseHeader {
  const header = readTokenPart(part);
  // A member that we never write (`crit`, `jwk`, `jku`, `b64`, ...) asks for a meaning that we do
  // not know.
  if (!header || Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name)))
    return {};
  const algorithm = ALGORITHMS.find((ours) => ours === header.alg);
  if (!algorithm || typeof header.typ !== 'string' || typeof header.kid !== 'string') return {};
  return { type: header.typ, key: { id: header.kid, algorithm } };
}
