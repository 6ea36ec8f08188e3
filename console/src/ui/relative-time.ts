const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** From this many seconds on, the unit is used; each unit has so many seconds. */
const UNITS = [
  { unit: 'year', fromSeconds: 365 * DAY_SECONDS, seconds: 365 * DAY_SECONDS },
  { unit: 'month', fromSeconds: 60 * DAY_SECONDS, seconds: 30 * DAY_SECONDS },
  { unit: 'day', fromSeconds: DAY_SECONDS, seconds: DAY_SECONDS },
  { unit: 'hour', fromSeconds: HOUR_SECONDS, seconds: HOUR_SECONDS },
  { unit: 'minute', fromSeconds: MINUTE_SECONDS, seconds: MINUTE_SECONDS },
] as const;

/**
 * How long ago an instant was, or in how long it will be, such as `3 minutes ago`. Less than a minute
 * is `now`. Instants are epoch milliseconds; the language is a BCP 47 tag.
 */
export function relativeTime(atMs: number, nowMs: number, language: string): string {
  const seconds = (atMs - nowMs) / 1000;
  const unit = UNITS.find(({ fromSeconds }) => Math.abs(seconds) >= fromSeconds);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (!unit) return format.format(0, 'second');
  const count = seconds / unit.seconds;
  // What is to come is rounded: a session of 30 days that has just begun ends in 30 days, not in 29.
  return format.format(count < 0 ? Math.trunc(count) : Math.round(count), unit.unit);
}
