import type { AuthError, Problem } from './errors.js';
import type { Session, SignedOutReason } from './record.js';
import type { Answer } from './renewal.js';

/**
 * Why the session is over, if that is what a refusal says: with status 401, in a problem document
 * with `clear_credentials`. Everything else, be it an unknown code, the page of a firewall or a 5xx
 * that looks like one of ours, is weather: the session is kept.
 */
export function endOfSession(
  status: number | undefined,
  problem: Problem | undefined,
): SignedOutReason | undefined {
  if (status !== 401 || problem?.clear_credentials !== true) return undefined;
  if (problem.code === 'session_expired') return 'expired';
  return problem.code === 'refresh_reuse_detected' ? 'reused' : 'revoked';
}

/**
 * The same for an answer to a refresh: it is the end, too, where there is neither a token nor a
 * cookie left to present.
 */
export function endOfRefresh(
  { status, problem }: AuthError,
  session: Session | undefined,
): SignedOutReason | undefined {
  if (status === 401 && problem?.code === 'token_missing') return session ? 'expired' : 'none';
  return endOfSession(status, problem);
}

/**
 * Whether a refusal of a request is about its access token, so that it was not run and may be sent
 * again with another one. Handlers have tokens of their own, such as those of invitations, and may
 * call one invalid, too: the server's guard adds the challenge of RFC 6750, section 3.1.
 */
export function wantsAnotherToken({ headers }: Answer, problem: Problem | undefined): boolean {
  if (problem?.code === 'token_expired') return true;
  const challenge = String(headers.get('WWW-Authenticate'));
  return problem?.code === 'token_invalid' && challenge.includes('error="invalid_token"');
}
