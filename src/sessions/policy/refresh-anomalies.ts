/**
 * How many reissued refresh tokens of a session within a minute are usual. Lost responses alone cannot
 * reach it: within the grace window a client gets the same token again.
 */
export const MAX_REISSUED_A_MINUTE = 20;

/**
 * True only for the first reissue above the maximum; `earlier` counts those of the minute before.
 */
export function isOneReissueTooMany(earlier: number): boolean {
  return earlier === MAX_REISSUED_A_MINUTE;
}

/**
 * True if a client other than the one that began the session uses it. Fingerprints of different kinds
 * (device id, browser, none) are not compared, since an update of an app may change the kind.
 */
export function isAnotherClient(usual: string | null, fingerprint: string): boolean {
  return usual !== null && usual !== fingerprint && kindOf(usual) === kindOf(fingerprint);
}

function kindOf(fingerprint: string): string {
  return fingerprint.split(':', 1)[0] ?? '';
}
