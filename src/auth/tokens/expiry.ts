/**
 * True where a token's `exp` (epoch seconds) lies further back than clocks may differ. Not being a
 * number means expired.
 */
export function isPastExpiry(
  { expiresAt }: { expiresAt: number },
  nowMs: number,
  { clockToleranceSeconds }: { clockToleranceSeconds: number },
): boolean {
  return !(nowMs < (expiresAt + clockToleranceSeconds) * 1000);
}
