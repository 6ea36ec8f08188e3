const MINUTE_MS = 60_000;

/**
 * Nobody travels from one network to an unknown one so quickly, but by changing over from Wi-Fi: a
 * signal, no proof.
 */
const MOVED_WITHIN_MS = 10 * MINUTE_MS;

/** Failures are looked at together for so long. */
export const FAILURES_WITHIN_MS = 10 * MINUTE_MS;

/**
 * A large office in which so many people mistype within ten minutes is rare; a list of stolen
 * passwords is not.
 */
export const MAX_FAILING_ACCOUNTS = 20;

/**
 * One person does not fail from so many networks within ten minutes; a botnet that guesses their
 * password does.
 */
export const MAX_FAILING_NETWORKS = 10;

/** Where somebody signs in from. */
export interface SignIn {
  readonly fingerprint: string | null;
  readonly network: string | null;
  readonly occurredAt: Date;
}

/** Where the same user has signed in from before, and when last (epoch milliseconds). */
export interface Place {
  readonly fingerprint: string | null;
  readonly network: string | null;
  readonly lastSeenAt: number;
}

/** True where a user who has signed in before never did so from this device. */
export function isNewDevice({ fingerprint }: SignIn, places: readonly Place[]): boolean {
  return places.length > 0 && !places.some((place) => place.fingerprint === fingerprint);
}

/**
 * The network that the user was in minutes ago, where this one was never seen before; undefined
 * where all is as usual.
 */
export function networkLeftBehind(
  { network, occurredAt }: SignIn,
  places: readonly Place[],
): string | undefined {
  const latest = places.reduce<Place | undefined>(
    (one, other) => (one && one.lastSeenAt >= other.lastSeenAt ? one : other),
    undefined,
  );
  if (!network || !latest?.network || places.some((place) => place.network === network))
    return undefined;
  return occurredAt.getTime() < latest.lastSeenAt + MOVED_WITHIN_MS ? latest.network : undefined;
}

/**
 * True of the value with which there are more than `limit` different ones, and of no other, so that
 * it is told once.
 */
export function isOneTooMany(value: string, earlier: readonly string[], limit: number): boolean {
  const different = new Set(earlier);
  return different.size === limit && !different.has(value);
}
