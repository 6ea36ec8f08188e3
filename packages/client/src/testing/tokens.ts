import type { Place } from './rotation.js';

/** What the tokens of the fake server say. Times are in seconds since 1970. */
interface Claims {
  readonly sub: string;
  readonly sid: string;
  readonly jti: string;
  readonly epoch: number;
  readonly iat: number;
  readonly exp: number;
}

export type AccessToken = Claims & { readonly typ: 'access' };
export type RefreshToken = Claims & Place & { readonly typ: 'refresh' };
export type Token = AccessToken | RefreshToken;

const HEADER = base64url({ alg: 'none', typ: 'JWT' });

/** Anybody could make one: it is a fake. */
const SIGNATURE = base64url('fake server');

/** A text of the form of a JWT. */
export function tokenText(token: Token): string {
  return `${HEADER}.${base64url(token)}.${SIGNATURE}`;
}

/** What a text says, if it is a token of a fake server. */
export function readToken(text: string): Token | undefined {
  const [header, payload = '', signature] = text.split('.');
  if (header !== HEADER || signature !== SIGNATURE) return undefined;
  return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as Token;
}

function base64url(value: unknown): string {
  return btoa(JSON.stringify(value)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
