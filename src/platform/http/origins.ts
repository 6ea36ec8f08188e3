import type { FastifyRequest } from 'fastify';
import type { Config } from '../config/index.js';

/** A page that is developed on the same machine, at whatever port its own server has. */
const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * Whether pages of another origin may call: those of `CORS_ORIGINS`, and in development those of
 * any loopback address.
 */
export function mayCall(
  origin: string,
  { environment, corsOrigins }: Pick<Config, 'environment' | 'corsOrigins'>,
): boolean {
  return corsOrigins.includes(origin) || (environment === 'development' && LOOPBACK.test(origin));
}

/**
 * Whether an origin is that of the server itself: one of `PUBLIC_URL`, or, where that is not set,
 * the one that this request names in `Host`. Never one of `X-Forwarded-Host`, which many proxies
 * hand on as their client wrote it.
 */
export function isOwnOrigin(
  origin: string,
  { protocol, headers }: FastifyRequest,
  { publicUrls }: Pick<Config, 'publicUrls'>,
): boolean {
  if (publicUrls.length > 0) return publicUrls.some((url) => url.origin === origin);
  return origin === `${protocol}://${headers.host}`;
}

/**
 * The path below which a browser knows this server, such as `/backend`, or empty: of the
 * `PUBLIC_URL` that the page is at, or else of the one whose host was asked for, or of the first.
 */
export function publicPathOf(
  { headers }: Pick<FastifyRequest, 'headers'>,
  { publicUrls }: Pick<Config, 'publicUrls'>,
): string {
  const url =
    publicUrls.find(({ origin }) => origin === headers.origin) ??
    publicUrls.find(({ origin }) => origin.endsWith(`://${headers.host}`)) ??
    publicUrls[0];
  return url?.path ?? '';
}
