import { useTexts } from '../../texts/texts-provider.js';

/** Instants as people read them, in the language of the page. */
export interface Times {
  /** `14:32:10`. */
  readonly at: (instant: number) => string;
  /** `14:32:10 (in 2 hours)`, with the date where it is another day. */
  readonly until: (instant: number) => string;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

export function useTimes(now: number): Times {
  const { language } = useTexts();
  const at = (instant: number) =>
    new Date(instant).toLocaleString(language, {
      ...(Math.abs(instant - now) > 86_400_000 && { dateStyle: 'medium' }),
      timeStyle: 'medium',
    });
  return { at, until: (instant) => `${at(instant)} (${relative(instant - now, language)})` };
}

function relative(milliseconds: number, language: string): string {
  const seconds = Math.round(milliseconds / 1000);
  const [unit, size] =
    UNITS.find(([, unitSeconds]) => Math.abs(seconds) >= unitSeconds) ?? UNITS[3];
  return new Intl.RelativeTimeFormat(language).format(Math.trunc(seconds / size), unit);
}
