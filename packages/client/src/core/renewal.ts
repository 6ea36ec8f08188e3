import { claimsOf, issuedAt } from './claims.js';
import type { Settings } from './options.js';
import { renewed, type Session } from './record.js';
import type { SharedRecord } from './shared-record.js';

/**
 * The part of an answer that matters to a session, whichever library has brought it: a `Response`
 * is one.
 */
export interface Answer {
  /** Where it came from, after redirects; nothing where a library does not say. */
  readonly url?: string;
  readonly status: number;
  readonly headers: { get(name: string): unknown };
}

export interface Renewals {
  isFromServer(url: string | undefined): boolean;
  /**
   * Takes the access token in `X-New-Token`, if it is of the session at hand, and newer than the
   * one at hand. Resolves with whether it was.
   */
  take(answer: Answer): Promise<boolean>;
}

export function createRenewals({ clock, baseUrl }: Settings, shared: SharedRecord): Renewals {
  // React Native's URL takes what it does not recognise, such as a host with a capital, for a path
  // below the base: so only paths get one.
  const absolute = (url: string) =>
    new URL(url, /^[^/?]*:/.test(url) ? undefined : baseUrl || globalThis.location?.href).href;

  async function take({ headers }: Answer): Promise<boolean> {
    const token = headers.get('X-New-Token') as string | undefined;
    const seconds = Number(headers.get('X-New-Token-Expires-In'));
    if (!token || !seconds || !isNews(token, shared.current.session)) return false;
    await shared.update((record) =>
      isNews(token, record.session) ? renewed(record, token, seconds, clock.now()) : record,
    );
    return true;
  }

  // Not by `URL.origin`, which React Native has not got.
  return { isFromServer: (url = '') => absolute(url).startsWith(absolute('/')), take };
}

function isNews(token: string, session: Session | undefined): boolean {
  return claimsOf(token).sid === session?.id && issuedAt(token) > issuedAt(session?.accessToken);
}
