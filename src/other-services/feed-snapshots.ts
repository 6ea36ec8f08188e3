import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { RevokedEntry } from '#protocol';
import { RevocationFeed, RevocationHistory } from '../sessions/index.js';
import { eventText, toFeedRevocation } from './feed-events.js';
import type { FeedListener } from './feed-listener.js';
import { FeedMetrics } from './feed-metrics.js';

/** About 40 kB. */
const PAGE_ENTRIES = 500;

/** Sends listeners what they lack when they come. */
@Injectable()
export class FeedSnapshots {
  private readonly logger = new Logger('FeedSnapshots');

  constructor(
    private readonly feed: RevocationFeed,
    private readonly history: RevocationHistory,
    private readonly metrics: FeedMetrics,
  ) {}

  /**
   * Sends all pages but the last one, and returns that: what is new since a mark, or everything from
   * memory if that cannot be read.
   */
  async send(listener: FeedListener, mark: string): Promise<readonly RevokedEntry[]> {
    if (this.history.isOfThisRun(mark)) {
      listener.catchUpFrom(mark);
      try {
        const page = await this.sendPages(listener, this.history.since(mark, listener.service));
        this.metrics.countSnapshot('database');
        return page;
      } catch (error) {
        this.logger.debug({ err: error, service: listener.service }, 'A listener starts anew.');
        listener.catchUpFrom('');
      }
    }
    this.metrics.countSnapshot('memory');
    return this.sendPages(listener, [this.feed.entries()]);
  }

  private async sendPages(
    listener: FeedListener,
    parts: AsyncIterable<Iterable<RevokedEntry>> | Iterable<Iterable<RevokedEntry>>,
  ): Promise<readonly RevokedEntry[]> {
    let page: RevokedEntry[] = [];
    for await (const part of parts)
      for (const entry of part) {
        if (page.length === PAGE_ENTRIES) {
          await this.sendPage(listener, page);
          page = [];
        }
        if (!listener.isOpen) return [];
        if (entry.expiresInMs > 0) page.push(entry);
      }
    return page;
  }

  private async sendPage(listener: FeedListener, page: readonly RevokedEntry[]): Promise<void> {
    const entries = page.map(toFeedRevocation);
    listener.write(eventText('snapshot', listener.catchingUp ?? '', { entries, is_last: false }));
    await listener.drained();
    // Requests, and other listeners, have their turn.
    await nextTurn();
  }
}
