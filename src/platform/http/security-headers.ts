import { isForTlsAlone, type Config } from '../config/index.js';

const YEAR_SECONDS = 31_536_000;

/**
 * What browsers are told to be careful about: the headers of helmet 8 (https://helmetjs.github.io),
 * under which the page at `/docs` works, but for `frame-ancestors` and `x-frame-options`, which are
 * stricter here. Whether there is TLS is the proxy's to say, so nothing asks for an upgrade of
 * insecure requests: where there is none, that would break the documentation.
 */
export function securityHeaders(
  config: Pick<Config, 'environment'>,
): Readonly<Record<string, string>> {
  return {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    ...(isForTlsAlone(config) && {
      'strict-transport-security': `max-age=${YEAR_SECONDS}; includeSubDomains`,
    }),
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
  };
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' https: data:",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' https: 'unsafe-inline'",
].join(';');
