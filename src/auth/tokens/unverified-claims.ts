import { readTokenPart } from './token-part.js';

/**
 * The claims of a token, not verified: anybody may have written them, so grant nothing because of
 * them. Undefined if the text is not a token.
 */
export function unverifiedClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  return readTokenPart(token.split('.')[1] ?? '');
}
