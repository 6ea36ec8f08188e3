import type { FastifyRequest } from 'fastify';
import { Problem } from '../../platform/errors/index.js';

/**
 * Refuses a request that a page of another site may have caused: such a page cannot set the header
 * `X-Requested-With` without being asked for its origin first, and the browser, not the page, says
 * in `Origin` where it comes from.
 *
 * @throws Problem `csrf_failed`
 */
export function requireOwnPage(request: FastifyRequest, allowedOrigins: readonly string[]): void {
  const { origin, 'x-requested-with': requestedWith } = request.headers;
  const ownOrigin = `${request.protocol}://${request.host}`;
  const isAllowed =
    origin !== undefined && (origin === ownOrigin || allowedOrigins.includes(origin));
  if (!isAllowed || !requestedWith) throw new Problem('csrf_failed');
}
