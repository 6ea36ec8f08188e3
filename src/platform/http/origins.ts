import type { HttpRequest } from './http-request.js';
import type { Config } from '../config/index.js';

/** A page on the same machine, at any port. */
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * True if pages of another origin may call the API: those of `CORS_ORIGINS`, and in development
 * those of any loopback address.
 */
export function mayCall(
  origin: string,
  { environment, corsOrigins }: Pick<Config, 'environment' | 'corsOrigins'>,
): boolean {
  return corsOrigins.includes(origin) || (environment === 'development' && LOOPBACK.test(origin));
}

/**
 * True if an origin is the server's own: one of `PUBLIC_URL`, or without that the one of the
 * request's `Host`. `X-Forwarded-Host` is never used, since many proxies pass it on as the client
 * wrote it.
 */
export function isOwnOrigin(
  origin: string,
  { protocol, headers }: HttpRequest,
  { publicUrls }: Pick<Config, 'publicUrls'>,
): boolean {
  if (publicUrls.length > 0) return publicUrls.some((url) => url.origin === origin);
  return origin === `${protocol}://${headers.host}`;
}

/**
 * The path prefix of this server in the browser, such as `/backend`, or empty. It is that of the
 * `PUBLIC_URL` with the page's origin, else with the requested host, else the first one.
 */
export function publicPathOf(
  { headers }: Pick<HttpRequest, 'headers'>,
  { publicUrls }: Pick<Config, 'publicUrls'>,
): string {
  const url =
    publicUrls.find(({ origin }) => origin === headers.origin) ??
    publicUrls.find(({ origin }) => origin.endsWith(`://${headers.host}`)) ??
    publicUrls[0];
  return url?.path ?? '';
}
