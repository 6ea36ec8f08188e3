/**
 * The data of the server-sent events of `GET /api/feed/revocations`, by the name of the event; each
 * is one line of JSON. The id of an event is the mark to resume from: everything that the mark says
 * has been sent before it. `docs/feed.md` explains how to use them.
 */
export interface FeedEvents {
  readonly snapshot: FeedSnapshot;
  readonly revoked: FeedRevocation;
  readonly proof: FeedProof;
}

/**
 * A page of what is known when the stream begins: everything, or what is new since the mark in the
 * request's `Last-Event-ID`. There is at least one page, possibly empty.
 */
export interface FeedSnapshot {
  readonly entries: readonly FeedRevocation[];
  /** Only a proof after the last page proves anything. */
  readonly is_last: boolean;
}

/**
 * Which access tokens are refused: those whose `sid` is `id` and whose `epoch` is lower than
 * `lowest`, those whose `sub` is `id` and whose `claims_version` (0 if absent) is lower, and, if
 * `lowest` is null, all whose `sid` is `id`. Never undone; of two entries with one `id` the stricter
 * one counts.
 */
export interface FeedRevocation {
  /** A UUID. */
  readonly id: string;
  readonly lowest: number | null;
  /** Seconds until every token that it concerns has expired, so that it may be forgotten. */
  readonly expires_in: number;
}

/** Sent every second: everything that was committed before this instant has been sent. */
export interface FeedProof {
  /** `stale`: the sender has lost the database, so its knowledge becomes older. */
  readonly state: 'live' | 'stale';
  /** How old the sender's own knowledge was when this was sent, in milliseconds. */
  readonly age_ms: number;
  /**
   * When this was sent, in milliseconds since the sender received the request. A receiver adds it to
   * the instant at which it sent that request: so a proof that was held up on its way is as old as it
   * is, whatever both calendars say.
   */
  readonly sent_ms: number;
}
