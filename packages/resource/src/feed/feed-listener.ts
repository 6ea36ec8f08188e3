import type { Clock } from '../time/clock.js';
import type { Logger } from '../logger.js';
import { pauseMs } from './back-off.js';
import { FeedRefused, openEventStream } from './event-stream.js';
import { readFeedEvent } from './feed-event.js';
import type { Revocations } from './revocations.js';
import { SseParser } from './sse-parser.js';

/** A sender proves something every second. */
const SILENCE_MS = 3000;
/** The clocks of both sides drift by about 30 ms in this time. */
const RENEWED_AFTER_MS = 10 * 60_000;
const FORGOTTEN_EVERY_MS = 60_000;

export interface FeedListenerOptions {
  readonly server: string;
  readonly serviceToken: string;
  readonly revocations: Revocations;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Called at each proof that makes the state live. */
  readonly onProven: () => void;
}

/** One stream, from its request on. */
interface Stream {
  close(): void;
}

/**
 * Follows the feed: connects, resumes, and connects anew when a stream proves nothing for three
 * seconds: it was cut, it is held up on its way, or its sender has lost the database.
 */
export class FeedListener {
  private readonly url: URL;
  /** The stream whose snapshot has been read. */
  private current: Stream | undefined;
  /** One that is to replace it. */
  private next: Stream | undefined;
  private failures = 0;
  private isLost = true;
  private isClosed = false;
  private readonly cancels = new Map<string, () => void>();

  constructor(private readonly options: FeedListenerOptions) {
    this.url = new URL(`${options.server}/api/feed/revocations`);
  }

  start(): void {
    this.open();
    this.forgetRegularly();
  }

  close(): void {
    this.isClosed = true;
    this.current?.close();
    this.next?.close();
    for (const cancel of this.cancels.values()) cancel();
  }

  private open(): void {
    if (this.next || this.isClosed) return;
    const { revocations, serviceToken } = this.options;
    const reading = revocations.beginStream();
    const parser = new SseParser();
    const close = openEventStream({
      url: this.url,
      headers: {
        authorization: `Bearer ${serviceToken}`,
        ...(reading.mark !== undefined && { 'last-event-id': reading.mark }),
      },
      onChunk: (chunk) => {
        for (const event of parser.push(chunk)) {
          const progress = reading.apply(readFeedEvent(event));
          if (progress === 'nothing') continue;
          watch();
          if (progress === 'proven') this.promote(stream);
        }
      },
      onEnd: (reason) => this.lose(stream, reason),
    });
    let unwatch = () => {};
    const watch = () => {
      unwatch();
      unwatch = this.options.clock.after(
        SILENCE_MS,
        () => {
          close();
          this.lose(stream, new Error('The feed proved nothing for three seconds.'));
        },
        false,
      );
    };
    const stream = {
      close: () => {
        unwatch();
        close();
      },
    };
    this.next = stream;
    watch();
  }

  /** A stream has proved something: it replaces the one before it. */
  private promote(stream: Stream): void {
    if (this.next === stream) {
      this.next = undefined;
      this.current?.close();
      this.current = stream;
      this.failures = 0;
      this.cancels.get('retry')?.();
      this.later('renew', RENEWED_AFTER_MS * (0.9 + 0.2 * Math.random()), () => this.open());
      this.reportLive();
    }
    this.options.onProven();
  }

  private lose(stream: Stream, reason: Error): void {
    stream.close();
    if (this.isClosed) return;
    if (stream === this.current) this.current = undefined;
    else if (stream === this.next) this.next = undefined;
    else return;
    const status = reason instanceof FeedRefused ? reason.status : undefined;
    this.reportLoss(reason, status);
    this.later('retry', pauseMs(this.failures, status, Math.random()), () => this.open());
    this.failures += 1;
  }

  private forgetRegularly(): void {
    this.later('forget', FORGOTTEN_EVERY_MS, () => {
      const { revocations } = this.options;
      revocations.forgetExpired();
      if (revocations.mustReload) this.open();
      this.forgetRegularly();
    });
  }

  /** One timer for each purpose. */
  private later(purpose: string, milliseconds: number, callback: () => void): void {
    this.cancels.get(purpose)?.();
    this.cancels.set(purpose, this.options.clock.after(milliseconds, callback, false));
  }

  private reportLive(): void {
    if (!this.isLost) return;
    this.isLost = false;
    const { logger, revocations } = this.options;
    logger.info(`The feed is live: ${revocations.size} revocations in memory.`);
  }

  /** Once, until it is live again. */
  private reportLoss(reason: Error, status: number | undefined): void {
    if (this.current || (this.isLost && this.failures > 0)) return;
    this.isLost = true;
    const { logger } = this.options;
    const advice = status === undefined ? undefined : ADVICE[status];
    if (advice) logger.error(`${reason.message} ${advice}`);
    else logger.warn(`${reason.message} The server is asked for each token until it is back.`);
  }
}

/** What to do about a refusal that does not end by itself. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'Check serviceToken: the server knows no such token in SERVICE_TOKENS.',
  404: 'Check server, and SERVICE_TOKENS of the server: without it there is no feed.',
};
