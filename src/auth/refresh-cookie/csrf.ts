import type { LowerCaseHeaderName } from '#protocol';
import type { Config } from '../../platform/config/index.js';
import { Problem } from '../../platform/errors/index.js';
import { isOwnOrigin, mayCall, type HttpRequest } from '../../platform/http/index.js';

/**
 * Rejects a request that a page of another site may have caused. Such a page cannot send the header
 * `X-Requested-With` without a CORS preflight, and the browser, not the page, sets `Origin`.
 *
 * @throws Problem `csrf_failed`
 */
export function requireOwnPage(request: HttpRequest, config: Config): void {
  const { origin } = request.headers;
  const requestedWith = request.headers['x-requested-with' satisfies LowerCaseHeaderName];
  const isAllowed =
    origin !== undefined && (isOwnOrigin(origin, request, config) || mayCall(origin, config));
  if (!isAllowed || !requestedWith) throw new Problem('csrf_failed');
}
