import type { HeaderName } from '#protocol';
import { claimsOf, issuedAt } from '../record/claims.js';
import { renewed, type Session } from '../record/record.js';
import { update } from '../record/shared-record.js';
import type { ClientState } from '../state.js';

/**
 * The part of a response that matters to a session, whichever library has brought it: a `Response`
 * is one.
 */
export interface ResponseHead {
  /** Where it came from, after redirects; nothing where a library does not say. */
  readonly url?: string;
  readonly status: number;
  readonly headers: { get(name: string): unknown };
}

/**
 * Takes the access token in `X-New-Token`, if it is of the session at hand, and newer than the one
 * at hand. Resolves with whether it was.
 */
export async function takeRenewal(
  client: ClientState,
  { headers }: ResponseHead,
): Promise<boolean> {
  const token = headers.get('X-New-Token' satisfies HeaderName) as string | undefined;
  const seconds = Number(headers.get('X-New-Token-Expires-In' satisfies HeaderName));
  if (!token || !seconds || !isNewer(token, client.record.session)) return false;
  await update(client, (record) =>
    isNewer(token, record.session) ? renewed(record, token, seconds, client.clock.now()) : record,
  );
  return true;
}

function isNewer(token: string, session: Session | undefined): boolean {
  return (
    claimsOf(token).sid === session?.session_id && issuedAt(token) > issuedAt(session?.access_token)
  );
}
