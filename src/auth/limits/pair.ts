import { createHash } from 'node:crypto';
import { networkOf } from '../../platform/throttling/index.js';

/**
 * What a request tells of who tries to sign in, and from where. The body has not been checked yet.
 */
export interface LoginAttempt {
  readonly ip: string;
  readonly body?: unknown;
  /** On routes that need a token. */
  readonly user?: { readonly userId: string };
}

/**
 * The account that an attempt is about and the network that it comes from, whether or not there is
 * such an account. A guesser in one network so never locks out the owner in another. Hashed, since
 * people type passwords into the wrong field.
 */
export function pairOf({ ip, body, user }: LoginAttempt): string {
  const account = user?.userId ?? withoutSpelling(addressIn(body));
  return createHash('sha256')
    .update(`${account}\n${networkOf(ip)}`)
    .digest('base64url');
}

function addressIn(body: unknown): string {
  const { email } = (body ?? {}) as { email?: unknown };
  return typeof email === 'string' ? email : '';
}

/**
 * Equal for all spellings that a database may take for one address, in whatever locale it compares
 * without case, such as İ and i.
 */
function withoutSpelling(address: string): string {
  return address.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase();
}
