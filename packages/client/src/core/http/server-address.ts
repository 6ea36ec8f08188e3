/** Where the server is, and which URLs are its own. */
export interface ServerAddress {
  /**
   * Its URL, without `/api` and a slash at its end; empty where there is neither an address nor a
   * page.
   */
  readonly base: string;
  /** What is sent: a path is one of the server, and what is absolute stays as it is. */
  resolve(url: string): string;
  /** Whether what `resolve` returned is of the server's origin, as `fetch` and axios read it. */
  isOwn(url: string | undefined): boolean;
}

/**
 * With neither a scheme nor a host, nor anything that `URL` leaves out (spaces, control characters)
 * or takes for a slash.
 */
const PATH = /^\/?([^\x00-\x20:\\/?#]+([/?#]|$)|[?#]|$)/;

/**
 * @param baseUrl `https://api.example.com`, with or without `/api`, or, behind a proxy, below a
 *   path; nothing for the page's own origin
 * @throws TypeError where it is something else
 */
export function createServerAddress(baseUrl: string): ServerAddress {
  const match = /^(https?:\/\/[^/?#@\s]+)?((\/[^/?#\s]+)*?)(\/api)?\/*$/i.exec(baseUrl);
  if (!match)
    throw new TypeError(`baseUrl is "${baseUrl}", not such as "https://api.example.com".`);
  const [, given, path = ''] = match;
  // The URL of React Native neither has an origin nor converts capitals.
  const origin = given
    ? new URL(given.toLowerCase()).href.replace(/\/$/, '')
    : (globalThis.location?.origin ?? '');
  const base = origin + path;
  return {
    base,
    resolve: (url) => (PATH.test(url) ? `${base}/${url.replace(/^\//, '')}` : url),
    isOwn: (url = '') => absoluteUrl(url).startsWith(`${origin}/`),
  };
}

/** As a page's own requests are resolved, which a `<base>` may lead to another origin. */
function absoluteUrl(url: string): string {
  return new URL(url, globalThis.document?.baseURI ?? globalThis.location?.href).href;
}
