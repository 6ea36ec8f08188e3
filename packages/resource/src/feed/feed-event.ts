import type { FeedProof, FeedRevocation, FeedSnapshot } from '#protocol';
import type { ServerSentEvent } from './sse-parser.js';

/** An event of the feed, with the mark up to which the stream is complete after it. */
export type FeedEvent = { readonly mark: string } & (
  | { readonly kind: 'snapshot'; readonly page: FeedSnapshot }
  | { readonly kind: 'revoked'; readonly entry: FeedRevocation }
  | { readonly kind: 'proof'; readonly proof: FeedProof }
  /** An event that a later version of the server sends. */
  | { readonly kind: 'other' }
);

/** What a header may contain. */
const MARK = /^[\x21-\x7e]{1,4096}$/;

/**
 * Reads an event of the feed.
 *
 * @throws Error if its data are not as the protocol says: an entry must not be passed over
 */
export function readFeedEvent({ name, data, id }: ServerSentEvent): FeedEvent {
  // Without a mark, everything is read again.
  const mark = MARK.test(id) ? id : '';
  if (name !== 'snapshot' && name !== 'revoked' && name !== 'proof') return { kind: 'other', mark };
  const value = objectIn(data);
  if (name === 'snapshot' && isSnapshot(value)) return { kind: 'snapshot', mark, page: value };
  if (name === 'revoked' && isEntry(value)) return { kind: 'revoked', mark, entry: value };
  if (name === 'proof' && isProof(value)) return { kind: 'proof', mark, proof: value };
  throw new Error(`The feed sent an event ${name} that is malformed.`);
}

type Unknown<Shape> = { readonly [Name in keyof Shape]?: unknown };

function objectIn(data: string): object {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isSnapshot(value: Unknown<FeedSnapshot>): value is FeedSnapshot {
  const { entries, is_last } = value;
  return Array.isArray(entries) && entries.every(isEntry) && typeof is_last === 'boolean';
}

function isEntry(value: unknown): value is FeedRevocation {
  if (typeof value !== 'object' || value === null) return false;
  const { id, lowest, expires_in } = value as Unknown<FeedRevocation>;
  return typeof id === 'string' && (lowest === null || isNumber(lowest)) && isNumber(expires_in);
}

function isProof(value: Unknown<FeedProof>): value is FeedProof {
  const { state, age_ms, sent_ms } = value;
  return (state === 'live' || state === 'stale') && isSpan(age_ms) && isSpan(sent_ms);
}

function isSpan(value: unknown): value is number {
  return isNumber(value) && value >= 0;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
