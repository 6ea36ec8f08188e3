import type { Clock } from '../time/clock.js';
import type { Logger } from '../logger.js';
import { pauseMs } from './back-off.js';
import { FeedRefused } from './event-stream.js';
import { FeedStream } from './feed-stream.js';
import type { Revocations } from './revocations.js';

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

/** Follows the feed: connects, resumes, and connects anew when a stream has ended. */
export class FeedListener {
  /** The stream whose snapshot has been read. */
  private current: FeedStream | undefined;
  /** One that is to replace it. */
  private next: FeedStream | undefined;
  private failures = 0;
  /** What was reported of the loss of the feed, if it is lost. */
  private reported: string | undefined = 'begin';
  private isClosed = false;
  private readonly cancels = new Map<string, () => void>();

  constructor(private readonly options: FeedListenerOptions) {}

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
    const { server, serviceToken, clock, revocations } = this.options;
    this.next = new FeedStream({
      ...{ server, serviceToken, clock },
      reading: revocations.beginStream(),
      onProven: (stream) => this.promote(stream),
      onEnd: (stream, reason) => this.lose(stream, reason),
    });
  }

  /** A stream has proved something: it replaces the one before it. */
  private promote(stream: FeedStream): void {
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

  private lose(stream: FeedStream, reason: Error): void {
    if (stream === this.current) this.current = undefined;
    else this.next = undefined;
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
    if (this.reported === undefined) return;
    this.reported = undefined;
    const { logger, revocations } = this.options;
    logger.info(`The feed is live: ${revocations.size} revocations in memory.`);
  }

  /** Once, until it is live again, or there is something else to do about it. */
  private reportLoss(reason: Error, status: number | undefined): void {
    const advice = (status === undefined ? undefined : ADVICE[status]) ?? NO_ADVICE;
    if (this.current || this.reported === advice) return;
    this.reported = advice;
    const level = advice === NO_ADVICE ? 'warn' : 'error';
    this.options.logger[level](`${reason.message} ${advice}`);
  }
}

const NO_ADVICE = 'The server is asked for each token until the feed is back.';

/** What to do about a refusal that does not end by itself. */
const ADVICE: Readonly<Record<number, string>> = {
  401: 'Check serviceToken: the server knows no such token in SERVICE_TOKENS.',
  404: 'Check server, and SERVICE_TOKENS of the server: without it there is no feed.',
};
