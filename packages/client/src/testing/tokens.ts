import type { TokenPlace } from '#protocol';
import { decodeText, encodeText } from './base64url.js';

/** What the tokens of the fake server say. Times are in seconds since 1970. */
interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
  /** The key that the session is bound to; absent if it is bound to none. */
  readonly cnf?: { readonly jkt: string } | undefined;
}

export type AccessToken = Claims & {
  readonly typ: 'access';
  /** How far renewals may carry it: counted from the login or refresh that it descends from. */
  readonly renew_until: number;
  /** When the user last proved who they are. */
  readonly auth_time: number;
};
export type RefreshToken = Claims & TokenPlace & { readonly typ: 'refresh' };
export type Token = AccessToken | RefreshToken;

export type TokenKind = Token['typ'];

/** A kind is told by the header, as with the real ones. */
const HEADERS: Readonly<Record<TokenKind, string>> = {
  access: encodeText(JSON.stringify({ alg: 'none', typ: 'at+jwt' })),
  refresh: encodeText(JSON.stringify({ alg: 'none', typ: 'rt+jwt' })),
};

/** Anybody could make one: it is a fake. */
const SIGNATURE = encodeText(JSON.stringify('fake server'));

/** A text of the form of a JWT. */
export function tokenText(token: Token): string {
  return `${HEADERS[token.typ]}.${encodeText(JSON.stringify(token))}.${SIGNATURE}`;
}

/** The kind that a text says it is of, whether or not anything else of it is good. */
export function claimedKindOf(text: string): TokenKind | undefined {
  const [header, ...others] = text.split('.');
  if (others.length !== 2) return undefined;
  return (['access', 'refresh'] as const).find((kind) => HEADERS[kind] === header);
}

/** What a text says, if it is a token of a fake server. */
export function readToken(text: string): Token | undefined {
  const [, payload = '', signature] = text.split('.');
  if (!claimedKindOf(text) || signature !== SIGNATURE) return undefined;
  return JSON.parse(decodeText(payload)) as Token;
}
