import type { Clock } from '../time/clock.js';
import { openEventStream } from './event-stream.js';
import { readFeedEvent } from './feed-event.js';
import type { StreamReading } from './revocations.js';
import { SseParser } from './sse-parser.js';

/** A sender proves something every second. */
const SILENCE_MS = 3000;

export interface FeedStreamOptions {
  readonly server: string;
  readonly serviceToken: string;
  readonly reading: StreamReading;
  readonly clock: Clock;
  readonly onProven: (stream: FeedStream) => void;
  /** Called once, unless `close` was called before. */
  readonly onEnd: (stream: FeedStream, reason: Error) => void;
}

/**
 * One stream of the feed, from its request on. It ends when it proves nothing for three seconds: it
 * was cut, it is held up on its way, or its sender has lost the database.
 */
export class FeedStream {
  private readonly parser = new SseParser();
  private readonly closeConnection: () => void;
  private unwatch = () => {};
  private isOver = false;

  constructor(private readonly options: FeedStreamOptions) {
    const { server, serviceToken, reading } = options;
    this.closeConnection = openEventStream({
      url: new URL(`${server}/api/feed/revocations`),
      headers: {
        authorization: `Bearer ${serviceToken}`,
        ...(reading.mark !== undefined && { 'last-event-id': reading.mark }),
      },
      onChunk: (chunk) => this.read(chunk),
      onEnd: (reason) => this.end(reason),
    });
    this.watch();
  }

  close(): void {
    this.isOver = true;
    this.unwatch();
    this.closeConnection();
  }

  private read(chunk: Uint8Array): void {
    for (const event of this.parser.push(chunk)) {
      const progress = this.options.reading.apply(readFeedEvent(event));
      if (this.isOver) return;
      if (progress !== 'nothing') this.watch();
      if (progress === 'proven') this.options.onProven(this);
    }
  }

  /** If the process itself was busy or paused, what it has not read yet comes first. */
  private watch(): void {
    this.unwatch();
    const end = () => this.end(new Error('The feed proved nothing for three seconds.'));
    const endAfterReading = () => {
      const immediate = setImmediate(end);
      this.unwatch = () => clearImmediate(immediate);
    };
    this.unwatch = this.options.clock.after(SILENCE_MS, endAfterReading, false);
  }

  private end(reason: Error): void {
    if (this.isOver) return;
    this.close();
    this.options.onEnd(this, reason);
  }
}
