import type { ErrorCode } from '#protocol';
import type { AuthError, Problem } from '../errors.js';
import type { ResponseHead } from '../http/renewal.js';
import type { Session, SignedOutReason } from '../record/record.js';

/** What a server has responded, where it has. */
type Refusal = Pick<AuthError, 'status' | 'problem'>;

/**
 * Why the session is over, if that is what a refusal says: with status 401, in a problem document
 * with `clear_credentials`. After everything else, be it an unknown code, the page of a firewall or
 * a 5xx that looks like one of ours, the session is kept.
 */
export function endOfSession({ status, problem }: Refusal): SignedOutReason | undefined {
  if (status !== 401 || problem?.clear_credentials !== true) return undefined;
  if (problem.code === ('session_expired' satisfies ErrorCode)) return 'expired';
  // The client's own, by the door `binding`.
  if (problem.code === 'key_lost') return problem.code;
  return problem.code === ('refresh_reuse_detected' satisfies ErrorCode) ? 'reused' : 'revoked';
}

/**
 * The same for the response to a refresh: it is the end, too, where there is neither a token nor a
 * cookie left to present.
 */
export function endOfRefresh(
  refusal: Refusal & Pick<AuthError, 'code'>,
  session: Session | undefined,
): SignedOutReason | undefined {
  const isMissing =
    refusal.status === 401 && refusal.code === ('token_missing' satisfies ErrorCode);
  return isMissing ? (session ? 'expired' : 'none') : endOfSession(refusal);
}

/**
 * Whether a refusal of a request is about its access token, so that it was not run and may be sent
 * again with another one. Handlers have tokens of their own, such as those of invitations, and may
 * call one invalid, too: the server's guard adds the challenge of RFC 6750, section 3.1.
 */
export function wantsAnotherToken(
  { headers }: ResponseHead,
  problem: Problem | undefined,
): boolean {
  if (problem?.code === ('token_expired' satisfies ErrorCode)) return true;
  const challenge = String(headers.get('WWW-Authenticate'));
  return (
    problem?.code === ('token_invalid' satisfies ErrorCode) &&
    challenge.includes('error="invalid_token"')
  );
}
