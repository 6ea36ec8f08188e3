/**
 * Up to where somebody has read the blacklist. Numbers of transactions are used again by a server
 * that was promoted, restored or restarted without its last transactions, so a mark is good for one
 * run of one server.
 */
export interface Mark {
  /** The run of the server: its timeline, and when it was started. */
  readonly origin: string;
  /** PostgreSQL's `pg_snapshot`. */
  readonly snapshot: string;
}

/** A snapshot lists the transactions that are running, so it grows with their number. */
const MAX_CHARACTERS = 4096;

const MARK = /^([\dA-F]{8}[\da-f]{1,16})\.(\d{1,20}:\d{1,20}:(?:\d{1,20}(?:,\d{1,20})*)?)$/;

/** The text of a mark; empty if it is too long to be sent back in a header. */
export function formatMark({ origin, snapshot }: Mark): string {
  const text = `${origin}.${snapshot}`;
  return text.length <= MAX_CHARACTERS ? text : '';
}

/** Undefined if the text is none of `formatMark`. */
export function parseMark(text: string): Mark | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  const [, origin, snapshot] = MARK.exec(text) ?? [];
  return origin !== undefined && snapshot !== undefined ? { origin, snapshot } : undefined;
}
