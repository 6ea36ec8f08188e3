import type { AuthClient } from '../core/index.js';
import { ACCESS_COOKIE } from './access-cookie.js';

export interface AccessCookieOptions {
  /**
   * `__Host-evergreen_access`. Another one for each further client of a host, and for pages of
   * plain http, from which browsers take no cookie with that prefix. The same as the `cookieName`
   * of `sessionFrom`.
   */
  readonly name?: string | undefined;
}

/**
 * Keeps the access token of whoever is signed in, or the reason why nobody is, in a cookie of the
 * page's host, so that the server which renders the page can tell who is signed in: see
 * `sessionFrom`. Returns a function that stops it, and leaves the cookie as it is.
 *
 * Script can read the cookie, and the browser sends it with every request to the host, so it is for
 * rendering alone: whoever accepted it for a request that changes something would have to protect
 * that from other sites. It never holds the refresh token, and is gone when the browser is closed.
 *
 * Where there is no document, as on a server, it does nothing.
 */
export function keepAccessCookie(
  client: AuthClient,
  { name = ACCESS_COOKIE }: AccessCookieOptions = {},
): () => void {
  if (typeof document === 'undefined') return () => {};
  let isStopped = false;

  async function keep(): Promise<void> {
    const snapshot = client.getSnapshot();
    if (snapshot.status === 'unauthenticated') write(snapshot.reason);
    if (snapshot.status !== 'authenticated' || snapshot.degraded) return;
    // Nothing is refreshed for the cookie's sake: the client does that in its own time.
    if (snapshot.expiresAt <= Date.now()) return;
    const token = await client.getAccessToken().catch(() => undefined);
    // Somebody may have signed out meanwhile, and that stands.
    if (token && client.getSnapshot() === snapshot) write(token);
  }

  function write(value: string): void {
    if (isStopped) return;
    // Lax, or whoever comes by a link of another site would be rendered as nobody.
    document.cookie = `${name}=${value}; Path=/; SameSite=Lax${isSecure(name) ? '; Secure' : ''}`;
  }

  void keep();
  const unsubscribe = client.subscribe(() => void keep());
  return () => {
    isStopped = true;
    unsubscribe();
  };
}

function isSecure(name: string): boolean {
  return name.startsWith('__') || location.protocol === 'https:';
}
