import type { FastifyRequest } from 'fastify';

/**
 * The bearer token of a request (RFC 6750, section 2.1), or null. Never from the query string,
 * where logs would keep it. A second `Authorization` header makes a text of the two that is no
 * token, so that no proxy and no server can disagree about which of them counted.
 */
export function tokenFromHeader(request: FastifyRequest): string | null {
  const { authorization } = request.headers;
  if (authorization === undefined) return null;
  const header = isSentTwice(request.raw.rawHeaders) ? `${authorization},` : authorization;
  return /^Bearer +(.*)$/i.exec(header)?.[1]?.trim() || null;
}

/** Node keeps the first of several alone. In what it was sent names and values take turns. */
function isSentTwice(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2)
    if (rawHeaders[index]?.toLowerCase() === 'authorization') count += 1;
  return count > 1;
}
