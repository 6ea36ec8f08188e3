/** The genuine token of a refresh cookie, with its claims. */
export interface CookieToken {
  readonly token: string;
  readonly sessionId: string;
  /** In epoch seconds. */
  readonly issuedAt: number;
}

/**
 * Chooses one of several refresh cookies: the newest one of the session in the page's access token,
 * or of the only session. Undefined if they belong to several sessions and no access token says
 * which is the page's: an attacker on a sibling domain can add cookies, and the cookie of the
 * attacker's session must not replace the page's.
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
