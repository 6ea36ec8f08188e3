import type { FastifyRequest } from 'fastify';

/**
 * The bearer token of a request (RFC 6750, section 2.1), or null. Never from the query string, where logs would keep it.
 * A second `Authorization` header makes a text of the two that is no token, so that no proxy and no server can disagree
 * about which of them counted.
 */
export function tokenFromHeader(request: FastifyRequest): string | null {
  const headers = request.raw.headersDistinct.authorization ?? [];
  return /^Bearer +(.*)$/i.exec(headers.join(','))?.[1]?.trim() || null;
}

/** The field `refresh_token` of a request's body, or null. */
export function tokenFromBody({ body }: FastifyRequest): string | null {
  const token = (body as { refresh_token?: unknown } | undefined | null)?.refresh_token;
  return typeof token === 'string' && token !== '' ? token : null;
}
