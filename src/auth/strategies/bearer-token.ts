import type { IncomingHttpHeaders } from 'node:http';

/** A request of Fastify, or one of Node. */
export interface RequestHead {
  readonly headers: IncomingHttpHeaders;
  readonly raw?: { readonly rawHeaders: readonly string[] };
  readonly rawHeaders?: readonly string[];
}

/**
 * The token of a request: a bearer token (RFC 6750, section 2.1), or one that goes with a proof
 * (`hasProofScheme`); null if there is neither. Never from the query string, which logs would store.
 * With a second `Authorization` header, the result is no valid token, so that a proxy and this
 * server cannot each use a different one.
 */
export function tokenFromHeader(request: RequestHead): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const { rawHeaders = [] } = request.raw ?? request;
  return bearerOf(isSentTwice(rawHeaders) ? `${authorization},` : authorization);
}

/** True if the token of a request is sent by the scheme `DPoP` (RFC 9449, section 7.1). */
export function hasProofScheme({ headers: { authorization } }: RequestHead): boolean {
  return authorization !== undefined && /^DPoP +/i.test(authorization);
}

/** The token in the value of an `Authorization` header; null if it is of another scheme. */
export function bearerOf(authorization: string): string | null {
  return /^(?:Bearer|DPoP) +(.*)$/i.exec(authorization)?.[1]?.trim() || null;
}

/** Node drops all but the first of several. `rawHeaders` has names and values alternately. */
function isSentTwice(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count += 1;
  return count > 1;
}
