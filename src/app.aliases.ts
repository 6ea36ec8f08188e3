/** Short paths that existing clients use, each for one canonical path. */
const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['/api/login', '/api/auth/login'],
  ['/api/register', '/api/auth/register'],
  ['/api/refresh', '/api/auth/refresh'],
  ['/api/logout', '/api/auth/logout'],
  ['/api/me', '/api/users/me'],
]);

/** Other prefixes of the same routes: `/api/v1/auth/…`, `/auth/…`. */
const PREFIXES: readonly { readonly from: RegExp; readonly to: string }[] = [
  { from: /^\/api\/v1(?=\/)/, to: '/api' },
  { from: /^(?=\/(auth|sessions|users)(\/|$))/, to: '/api' },
];

/** Replaces an alias in a URL's path by the canonical path; other URLs stay as they are. */
export function canonicalUrl(url: string): string {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt);
  const prefixed = PREFIXES.reduce((current, { from, to }) => current.replace(from, to), path);
  return (SHORT_NAMES.get(prefixed) ?? prefixed) + query;
}
