/**
 * How often a session may be given a further refresh token within a minute. One client cannot come
 * near it by losing answers: within the grace it gets the same token again.
 */
export const MAX_REISSUED_A_MINUTE = 20;

/**
 * True of the first reissue that is one too many, and of no other: `earlier` counts those of the
 * minute before it.
 */
export function isOneReissueTooMany(earlier: number): boolean {
  return earlier === MAX_REISSUED_A_MINUTE;
}

/**
 * True where a session is used by another client than the one that began it. Clients that say
 * different things of themselves (a device id, a browser, nothing) are not compared, since an
 * update of an app may change what it says.
 */
export function isAnotherClient(usual: string | null, fingerprint: string): boolean {
  return usual !== null && usual !== fingerprint && kindOf(usual) === kindOf(fingerprint);
}

function kindOf(fingerprint: string): string {
  return fingerprint.split(':', 1)[0] ?? '';
}
