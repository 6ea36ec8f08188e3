/** What the genuine token of a refresh cookie says. */
export interface CookieToken {
  readonly token: string;
  readonly sessionId: string;
  /** In epoch seconds. */
  readonly issuedAt: number;
}

/**
 * Which of several refresh cookies a request is about: the newest one of the session that the
 * page's own access token names, or of the only session that there is. Undefined where they are of
 * several sessions, and nothing says which one is the page's: anybody on a sibling domain can add
 * cookies, and a newer one of a session of theirs must not become the page's.
 */
export function chooseCookie(
  cookies: readonly CookieToken[],
  pageSessionId: string | undefined,
): CookieToken | undefined {
  const ofThePage = cookies.filter(({ sessionId }) => sessionId === pageSessionId);
  const candidates = ofThePage.length > 0 ? ofThePage : cookies;
  if (new Set(candidates.map(({ sessionId }) => sessionId)).size > 1) return undefined;
  return [...candidates].sort((a, b) => b.issuedAt - a.issuedAt)[0];
}
