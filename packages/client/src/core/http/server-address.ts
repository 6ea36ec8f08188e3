/** Where the server is, and which URLs are its own. */
export interface ServerAddress {
  /** Without a slash at its end; empty where there is neither an address nor a page. */
  readonly origin: string;
  /** What is sent: a path is one of the server, and what is absolute stays as it is. */
  resolve(url: string): string;
  /** Judges what `resolve` returned, as `fetch` and axios read it. */
  isOwn(url: string | undefined): boolean;
}

/**
 * With neither a scheme nor a host, nor anything that `URL` leaves out (spaces, control characters)
 * or takes for a slash.
 */
const PATH = /^\/?([^\x00-\x20:\\/?#]+([/?#]|$)|[?#]|$)/;

/**
 * @param baseUrl `https://api.example.com`, with or without `/api`, or nothing for the page's own
 *   origin
 * @throws TypeError where it is something else
 */
export function createServerAddress(baseUrl: string): ServerAddress {
  const [isAddress, given] = /^(https?:\/\/[^/?#@\s]+)?(?:\/api)?\/*$/i.exec(baseUrl) ?? [];
  if (isAddress === undefined)
    throw new TypeError(`baseUrl is "${baseUrl}", and not such as "https://api.example.com".`);
  // The URL of React Native neither has an origin nor converts capitals.
  const origin = given
    ? new URL(given.toLowerCase()).href.replace(/\/$/, '')
    : (globalThis.location?.origin ?? '');
  return {
    origin,
    resolve: (url) => (PATH.test(url) ? `${origin}/${url.replace(/^\//, '')}` : url),
    isOwn: (url = '') => absoluteUrl(url).startsWith(`${origin}/`),
  };
}

/** As a page's own requests are resolved, which a `<base>` may lead to another origin. */
function absoluteUrl(url: string): string {
  return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
}
