import type { TokenPlace } from '#protocol';

/** What the tokens of the fake server say. Times are in seconds since 1970. */
interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
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
  access: base64url({ alg: 'none', typ: 'at+jwt' }),
  refresh: base64url({ alg: 'none', typ: 'rt+jwt' }),
};

/** Anybody could make one: it is a fake. */
const SIGNATURE = base64url('fake server');

/** A text of the form of a JWT. */
export function tokenText(token: Token): string {
  return `${HEADERS[token.typ]}.${base64url(token)}.${SIGNATURE}`;
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
  return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Token;
}

function base64url(value: unknown): string {
  return btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
