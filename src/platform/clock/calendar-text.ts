let lastMs = 0;
let lastText = '';

/**
 * Now by the calendar of this machine, as ISO 8601 in UTC, for lines of the log, which are compared
 * with those of other programs. Made anew once a millisecond, not for each line.
 */
export function calendarText(): string {
  const nowMs = Date.now();
  if (nowMs !== lastMs) {
    lastMs = nowMs;
    lastText = new Date(nowMs).toISOString();
  }
  return lastText;
}
