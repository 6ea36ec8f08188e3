import type { IncomingHttpHeaders } from 'node:http';

/** A request of Node, Express, Fastify or Nest. */
export interface RequestHead {
  readonly headers: IncomingHttpHeaders;
  /** The path, with the query string; Express cuts the path of a router off it. */
  readonly url?: string | undefined;
  /** The whole path in Express. */
  readonly originalUrl?: string | undefined;
  readonly raw?: { readonly rawHeaders: readonly string[] };
  readonly rawHeaders?: readonly string[];
}

/**
 * The bearer token of a request (RFC 6750, section 2.1), or null. Never from the query string, which
 * logs would store. With a second `Authorization` header, the result is no valid token, so that a
 * proxy and this service cannot each use a different one.
 */
export function tokenFromHeader(request: RequestHead): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const { rawHeaders = [] } = request.raw ?? request;
  const value = isSentTwice(rawHeaders) ? `${authorization},` : authorization;
  return /^Bearer +(.*)$/i.exec(value)?.[1]?.trim() || null;
}

/**
 * Whether the token is sent by the scheme `DPoP` (RFC 9449), which promises a proof of its key that
 * nobody here checks.
 */
export function hasProofScheme({ headers }: RequestHead): boolean {
  return /^DPoP +/i.test(headers.authorization ?? '');
}

/** Node drops all but the first of several. `rawHeaders` has names and values alternately. */
function isSentTwice(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count += 1;
  return count > 1;
}
