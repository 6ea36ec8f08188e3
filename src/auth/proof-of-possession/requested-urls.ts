import type { Config } from '../../platform/config/index.js';

/**
 * An absolute HTTP URL in the characters of RFC 3986, without a user and a password. `URL` accepts
 * more: `https:host`, backslashes, line breaks, an empty user. Different programs understand those
 * differently, so they are refused before it sees them.
 */
const ABSOLUTE_URL = /^https?:\/\/[\w.~!$&'()*+,;=%:[\]-]+(?:\/[!-"$->@-[\]-~]*)?(?:[?#][!-~]*)?$/i;

/** A `Host` header that cannot be taken for a user, a path or a query. */
const HOST = /^[^/?#@\\\s]+$/;

const PERCENT_ENCODED = /%([0-9a-f]{2})/gi;

/** RFC 3986, section 2.3: these mean the same, encoded or not. */
const UNRESERVED = /[\w.~-]/;

/** Where a request has arrived. */
export interface RequestPlace {
  /** `http` or `https`, of which `TRUST_PROXY` decides whether a proxy says it. */
  readonly protocol: string;
  /**
   * The header `Host`; never `X-Forwarded-Host`, which many proxies pass on as clients wrote it.
   */
  readonly host: string | undefined;
  /** The path as asked for, and its canonical form, if that is another one. Queries are ignored. */
  readonly paths: readonly string[];
}

/**
 * The URLs by which the client may have called: those of `PUBLIC_URL`, or without that the one of
 * the request's host. Without `PUBLIC_URL`, whoever sends the request chooses the host, so a proof
 * that was made for another server is good here, too.
 */
export function requestedUrls(
  { protocol, host, paths }: RequestPlace,
  publicUrls: readonly Pick<Config['publicUrls'][number], 'href'>[],
): string[] {
  const bases = publicUrls.length > 0 ? publicUrls.map(({ href }) => href) : own(protocol, host);
  // `.example.org` after `https://example.com` would be another host.
  const absolute = paths.filter((path) => path.startsWith('/')).map(withoutQuery);
  return bases.flatMap((base) => absolute.map((path) => base + path));
}

/**
 * Whether a proof's `htu` means one of these URLs. Query and fragment are ignored (RFC 9449,
 * section 4.3), spellings are normalised (RFC 3986, section 6.2.2 and 6.2.3).
 */
export function isUrlOf(htu: string, urls: readonly string[]): boolean {
  const target = normalizedUrl(htu);
  return target !== undefined && urls.some((url) => normalizedUrl(url) === target);
}

/**
 * Scheme and host in lower case, without default port and the dot of a fully qualified name; the
 * path without dot segments, with no more encoding than necessary; neither query nor fragment.
 * Undefined if the text is not an absolute HTTP URL, or names a user.
 */
export function normalizedUrl(text: string): string | undefined {
  if (!ABSOLUTE_URL.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(text);
  const host = hostname.replace(/\.$/, '') + (port && `:${port}`);
  return `${protocol}//${host}${pathname.replace(PERCENT_ENCODED, shortestEncoding)}`;
}

function own(protocol: string, host: string | undefined): string[] {
  return host !== undefined && HOST.test(host) ? [`${protocol}://${host}`] : [];
}

function withoutQuery(path: string): string {
  return path.split('?', 1)[0] ?? path;
}

function shortestEncoding(encoded: string, hex: string): string {
  const character = String.fromCharCode(parseInt(hex, 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}
