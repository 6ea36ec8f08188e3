import { isISO8601 } from 'class-validator';

/**
 * Parses an ISO instant with its offset from UTC; undefined if the text is not one. Without an
 * offset it would depend on the machine's time zone.
 */
export function parseInstant(text: string): Date | undefined {
  const isInstant =
    isISO8601(text, { strict: true, strictSeparator: true }) && /T.*(Z|[+-]\d\d:\d\d)$/.test(text);
  const instant = isInstant ? new Date(text) : undefined;
  return instant && !Number.isNaN(instant.getTime()) ? instant : undefined;
}
