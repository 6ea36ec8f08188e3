import { isISO8601 } from 'class-validator';

/**
 * An ISO instant with its offset from UTC, without which it would be that of wherever the machine
 * stands; undefined where the text is none.
 */
export function parseInstant(text: string): Date | undefined {
  const isInstant =
    isISO8601(text, { strict: true, strictSeparator: true }) && /T.*(Z|[+-]\d\d:\d\d)$/.test(text);
  const instant = isInstant ? new Date(text) : undefined;
  return instant && !Number.isNaN(instant.getTime()) ? instant : undefined;
}
