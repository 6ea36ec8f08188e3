const MINUTE_MS = 60_000;

/**
 * Within this time a change to an unknown network is unusual, though changing from Wi-Fi to mobile
 * data causes one: it is a signal, not a proof.
 */
const MOVED_WITHIN_MS = 10 * MINUTE_MS;

/** The window in which failures are counted together. */
export const FAILURES_WITHIN_MS = 10 * MINUTE_MS;

/**
 * It is rare that so many people of one office mistype their password within ten minutes; with a
 * list of stolen passwords it is usual.
 */
export const MAX_FAILING_ACCOUNTS = 20;

/**
 * One person does not fail from so many networks within ten minutes; a botnet that guesses a
 * password does.
 */
export const MAX_FAILING_NETWORKS = 10;

/** The client of a sign-in. */
export interface SignIn {
  readonly fingerprint: string | null;
  readonly network: string | null;
  readonly occurredAt: Date;
}

/** A client that the same user signed in with before, and when last (epoch milliseconds). */
export interface KnownClient {
  readonly fingerprint: string | null;
  readonly network: string | null;
  readonly lastSeenAt: number;
}

/** True if the user has signed in before, but never from this device. */
export function isNewDevice({ fingerprint }: SignIn, known: readonly KnownClient[]): boolean {
  return known.length > 0 && !known.some((client) => client.fingerprint === fingerprint);
}

/**
 * The network that the user was in minutes ago, if this sign-in comes from a network that the user
 * never used before; otherwise undefined.
 */
export function recentOtherNetwork(
  { network, occurredAt }: SignIn,
  known: readonly KnownClient[],
): string | undefined {
  const latest = known.reduce<KnownClient | undefined>(
    (one, other) => (one && one.lastSeenAt >= other.lastSeenAt ? one : other),
    undefined,
  );
  if (!network || !latest?.network || known.some((client) => client.network === network))
    return undefined;
  return occurredAt.getTime() < latest.lastSeenAt + MOVED_WITHIN_MS ? latest.network : undefined;
}

/**
 * True only for the value that makes more than `limit` different ones, so that it is reported once.
 */
export function isOneTooMany(value: string, earlier: readonly string[], limit: number): boolean {
  const different = new Set(earlier);
  return different.size === limit && !different.has(value);
}
