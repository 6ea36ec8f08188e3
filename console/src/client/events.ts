/** A security event, as the API lists it. */
export interface SecurityEvent {
  readonly id: string;
  /** Later versions of the server may have more than this console knows. */
  readonly type: string;
  readonly occurred_at: string;
  readonly session_id: string | null;
  readonly device_name: string | null;
  readonly network: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface EventPage {
  readonly events: SecurityEvent[];
  readonly next_cursor: string | null;
}

/** Asks for a page of events; the first one without a cursor. */
export type LoadEvents = (cursor: string | undefined) => Promise<EventPage>;

const PAGE_LIMIT = 50;

/** The query of a page of events. */
export function eventsQuery(cursor: string | undefined): string {
  return `?limit=${PAGE_LIMIT}${cursor === undefined ? '' : `&cursor=${cursor}`}`;
}
