import { readTokenPart } from './token-part.js';

/**
 * What a token says of itself. Nothing may be granted on it: anybody can have written it. Undefined
 * where it is no token.
 */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  return readTokenPart(token.split('.')[1] ?? '');
}
