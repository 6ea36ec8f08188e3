/** Short paths that existing clients use, each for one canonical path. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['/api/login', '/api/auth/login'],
  ['/api/register', '/api/auth/register'],
  ['/api/refresh', '/api/auth/refresh'],
  ['/api/logout', '/api/auth/logout'],
  ['/api/me', '/api/users/me'],
]);

interface Prefix {
  readonly from: RegExp;
  readonly to: string;
}

const WITHOUT_API: Prefix = { from: /^(?=\/(auth|sessions|users)(\/|$))/, to: '/api' };

/** Other prefixes of the same routes: `/api/v1/…`, `/auth/…`. */
const PREFIXES: readonly Prefix[] = [{ from: /^\/api\/v1(?=\/)/, to: '/api' }, WITHOUT_API];

/** If a team versions its own paths, `/api/v1/notes` is one of them. */
const BESIDE_VERSIONS: readonly Prefix[] = [
  {
    from: /^\/api\/v1(?=\/(admin|auth|feed|login|logout|me|refresh|register|sessions|users)(\/|$))/,
    to: '/api',
  },
  WITHOUT_API,
];

/**
 * Replaces an alias in a URL's path by the canonical path; other URLs stay as they are.
 *
 * @param hasVersions the team versions its paths, so only ours have the alias `/api/v1/…`
 */
export function canonicalUrl(url: string, hasVersions = false): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const prefixes = hasVersions ? BESIDE_VERSIONS : PREFIXES;
  const prefixed = prefixes.reduce((current, { from, to }) => current.replace(from, to), path);
  return (SHORT_NAMES.get(prefixed) ?? prefixed) + query;
}
