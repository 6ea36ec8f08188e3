import type { AuthError, Problem } from './errors.js';
import type { Session, SignedOutReason } from './record.js';

/**
 * Why the session is over, if that is what a refusal says: with status 401, in a problem document with `clear_credentials`. Everything else,
 * be it an unknown code, the page of a firewall or a 5xx that looks like one of ours, is weather: the session is kept.
 */
export function endOfSession(status: number | undefined, problem: Problem | undefined): SignedOutReason | undefined {
  if (status !== 401 || problem?.clear_credentials !== true) return undefined;
  if (problem.code === 'session_expired') return 'expired';
  return problem.code === 'refresh_reuse_detected' ? 'reused' : 'revoked';
}

/** The same for an answer to a refresh, where it is the end, too, if there is nothing left that could be presented. */
export function endOfRefresh(
  { status, problem }: AuthError,
  session: Session | undefined,
  cookieTransport: boolean,
): SignedOutReason | undefined {
  const lost =
    status === 401 && (cookieTransport ? problem?.code === 'token_missing' : !session?.refreshToken && problem?.code === 'token_expired');
  if (lost) return session ? 'expired' : 'none';
  return endOfSession(status, problem);
}

/** Whether a refusal of a request is about its access token, so that it was not run and may be sent again with another one (RFC 6750). */
export function wantsAnotherToken(status: number | undefined, problem: Problem | undefined, wwwAuthenticate?: unknown): boolean {
  if (status !== 401) return false;
  if (problem) return problem.code === 'token_expired' || problem.code === 'token_invalid';
  return /error="?invalid_token/.test(String(wwwAuthenticate));
}
