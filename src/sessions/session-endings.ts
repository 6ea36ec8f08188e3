import { Injectable } from '@nestjs/common';
import { filter, map, take, type Observable } from 'rxjs';
import { RevocationFeed } from './revocation/revocation-feed.js';

/**
 * A session ended before it expired: by logout, reuse, an administrator and so on, on any instance.
 */
export interface SessionEnded {
  readonly sessionId: string;
  /**
   * The nil UUID if the account was deleted before this instance was told of the ending: the
   * blacklist has forgotten whose session it was. The session's id is always there.
   */
  readonly userId: string;
}

/**
 * Notifies other modules when a session ends, so that a WebSocket or SSE gateway can close its
 * connections. Each instance reports each ending once, within milliseconds; after a gap in the feed,
 * within seconds.
 */
@Injectable()
export class SessionEndings {
  /** Every ending. Completes when the application shuts down. */
  readonly all: Observable<SessionEnded>;

  constructor(feed: RevocationFeed) {
    this.all = feed.ended.pipe(map(({ sessionId, userId }) => ({ sessionId, userId })));
  }

  /** The ending of one session; made for `takeUntil`. */
  of(sessionId: string): Observable<SessionEnded> {
    return this.all.pipe(
      filter((ended) => ended.sessionId === sessionId),
      take(1),
    );
  }
}
