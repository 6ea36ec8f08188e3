/** What happened on one day, in the order in which it was given. */
export interface Day<Entry> {
  /** Such as `2026-11-30`, in the time zone of the device. */
  readonly key: string;
  readonly entries: Entry[];
}

const DAY_MS = 86_400_000;

/** Groups entries by the day on which they happened; `instantOf` gives it in ISO 8601. */
export function byDay<Entry>(
  entries: readonly Entry[],
  instantOf: (entry: Entry) => string,
): Day<Entry>[] {
  const days: Day<Entry>[] = [];
  for (const entry of entries) {
    const key = dayOf(new Date(instantOf(entry)));
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, entries: [entry] });
  }
  return days;
}

/** The day of an instant in the time zone of the device, such as `2026-11-30`. */
export function dayOf(instant: Date): string {
  const parts = [instant.getFullYear(), instant.getMonth() + 1, instant.getDate()];
  return parts.map((part) => String(part).padStart(2, '0')).join('-');
}

/** The name of a day: today, yesterday, or its date; `language` is a BCP 47 tag. */
export function dayTitle(key: string, now: Date, language: string): string {
  const daysAgo = Math.round((midnight(dayOf(now)) - midnight(key)) / DAY_MS);
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  if (daysAgo === 0 || daysAgo === 1) return capitalized(relative.format(-daysAgo, 'day'));
  const isThisYear = key.startsWith(String(now.getFullYear()));
  const date = new Intl.DateTimeFormat(language, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(!isThisYear && { year: 'numeric' }),
    timeZone: 'UTC',
  });
  return date.format(midnight(key));
}

/** In UTC, where each day has 24 hours. */
function midnight(key: string): number {
  return Date.parse(`${key}T00:00:00Z`);
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
