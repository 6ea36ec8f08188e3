import type { FeedProof } from '#protocol';

/** When a proof was received, and when the request of its stream was sent, by one steady clock. */
export interface ProofTimes {
  readonly requestSentAtMs: number;
  readonly receivedAtMs: number;
}

/**
 * The instant before which everything that was committed has been received. A proof that was held up
 * on its way, by a proxy, a buffer or a paused process, is as old as it is: it cannot have been sent
 * later than `sent_ms` after the sender received the request, and that was after the request was
 * sent.
 */
export function provenAtMs(
  { age_ms, sent_ms }: Pick<FeedProof, 'age_ms' | 'sent_ms'>,
  { requestSentAtMs, receivedAtMs }: ProofTimes,
): number {
  return Math.min(receivedAtMs, requestSentAtMs + sent_ms) - age_ms;
}
