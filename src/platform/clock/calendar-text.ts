let lastMs = 0;
let lastText = '';

/**
 * Now by the system clock, as ISO 8601 in UTC, for log lines, which are compared with those of
 * other programs. Formatted once a millisecond, not for each line.
 */
export function calendarText(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastText = new Date(nowMs).toISOString();
  }
  return lastText;
}
