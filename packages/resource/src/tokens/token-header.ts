/** The signature algorithms of our servers. */
export type Algorithm = 'HS256' | 'ES256';

/** The key that a token's header names. */
export interface KeyName {
  readonly id: string;
  readonly algorithm: Algorithm;
}

/** An access token in its canonical text, with nothing verified. */
export interface TokenText {
  readonly key: KeyName;
  /** What is signed. */
  readonly signed: string;
  readonly payload: string;
  readonly signature: string;
}

const ALGORITHMS: readonly Algorithm[] = ['HS256', 'ES256'];

/** RFC 9068, section 2.1: so that no other kind of token is accepted. */
const TOKEN_TYPE = 'at+jwt';

/** As in the server, with all roles and claims that a user may have. */
const MAX_TOKEN_CHARACTERS = 8192;
const MAX_HEADER_CHARACTERS = 500;

/** All tokens that one key has signed have the same header. */
const MAX_KNOWN_HEADERS = 100;
const knownHeaders = new Map<string, KeyName | undefined>();

/**
 * Only one text for each token: base64url decoders ignore unused bits, so a token would have several
 * spellings, and only the canonical one is accepted (RFC 4648, section 3.5).
 */
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{2}[AEIMQUYcgkosw048]|[\w-][AQgw])?$/;

/** Reads the text of an access token; undefined if it is not in the form that our servers write. */
export function readTokenText(token: string): TokenText | undefined {
  if (token.length > MAX_TOKEN_CHARACTERS) return undefined;
  const first = token.indexOf('.');
  const second = token.indexOf('.', first + 1);
  if (first < 1 || second < first + 2 || second === token.length - 1) return undefined;
  const [header, payload] = [token.slice(0, first), token.slice(first + 1, second)];
  const signature = token.slice(second + 1);
  if (!CANONICAL_BASE64URL.test(payload) || !CANONICAL_BASE64URL.test(signature)) return undefined;
  const key = keyNameIn(header);
  return key && { key, signed: token.slice(0, second), payload, signature };
}

/** Decodes a part of a token: a JSON object in base64url (RFC 7515, section 2). */
export function readTokenPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function keyNameIn(header: string): KeyName | undefined {
  const known = knownHeaders.get(header);
  if (known) return known;
  if (header.length > MAX_HEADER_CHARACTERS || !CANONICAL_BASE64URL.test(header)) return undefined;
  const name = readHeader(header);
  // Only those of a form of ours, and not many: anybody can send headers.
  if (name && knownHeaders.size >= MAX_KNOWN_HEADERS) knownHeaders.clear();
  if (name) knownHeaders.set(header, name);
  return name;
}

function readHeader(part: string): KeyName | undefined {
  const header = readTokenPart(part);
  // Members that we never write (`crit`, `jwk`, `jku`, `b64`, ...) could change what the token means.
  if (!header || Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name)))
    return undefined;
  const algorithm = ALGORITHMS.find((ours) => ours === header.alg);
  if (!algorithm || header.typ !== TOKEN_TYPE || typeof header.kid !== 'string') return undefined;
  return { id: header.kid, algorithm };
}
