import type { FeedEvents, FeedRevocation, RevokedEntry } from '#protocol';

/**
 * One event of the feed as text (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 *
 * @param id the mark to resume from; empty if the listener must begin anew
 */
export function eventText<Name extends keyof FeedEvents>(
  name: Name,
  id: string,
  data: FeedEvents[Name],
): string {
  return `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** An entry as listeners get it. Its time is rounded up: it must not be forgotten too early. */
export function toFeedRevocation({ id, lowestEpoch, expiresInMs }: RevokedEntry): FeedRevocation {
  const expires_in = Math.max(0, Math.ceil(expiresInMs / 1000));
  return { id, lowest: lowestEpoch, expires_in };
}
