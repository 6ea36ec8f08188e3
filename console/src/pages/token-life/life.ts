/** An access token as the time line draws it. Instants are in milliseconds since 1970. */
export interface Life {
  readonly startsAt: number;
  readonly endsAt: number;
  /** From here on a response brings another token in `X-New-Token`. */
  readonly renewedFrom: number;
  /** About here the client refreshes by itself. */
  readonly refreshedFrom: number;
}

/** The client's own margin: 5 minutes, or a sixth of a shorter life. */
const MARGIN_SECONDS = 300;

/**
 * The life of a token, by the calendar of this device.
 *
 * Null for a token without times.
 *
 * @param token a JWT of which `iat` and `exp` are read
 * @param endsAt when it ends by the calendar of this device
 * @param renewBelowSeconds the server's threshold
 */
export function lifeOf(token: string, endsAt: number, renewBelowSeconds: number): Life | null {
  const { iat, exp } = claimsOf(token);
  if (iat === undefined || exp === undefined) return null;
  const lifeSeconds = exp - iat;
  const startsAt = endsAt - lifeSeconds * 1000;
  const fromEnd = (seconds: number) => Math.max(startsAt, endsAt - seconds * 1000);
  return {
    startsAt,
    endsAt,
    renewedFrom: fromEnd(renewBelowSeconds),
    refreshedFrom: fromEnd(Math.min(MARGIN_SECONDS, lifeSeconds / 6)),
  };
}

/** Where an instant is between start and end: 0 to 1. */
export function positionOf(at: number, { startsAt, endsAt }: Life): number {
  return Math.min(1, Math.max(0, (at - startsAt) / (endsAt - startsAt)));
}

/** What a token says of itself, unverified: to be shown, never to be trusted. */
function claimsOf(token: string): { readonly iat?: number; readonly exp?: number } {
  const [, payload = ''] = token.split('.');
  return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))) as object;
}
