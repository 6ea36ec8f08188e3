import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import type { Subscription } from 'rxjs';
import type { RevokedEntry } from '#protocol';
import { Clock, type Stopwatch } from '../platform/clock/index.js';
import { Problem } from '../platform/errors/index.js';
import { Readiness } from '../platform/readiness/index.js';
import { RevocationFeed } from '../sessions/index.js';
import { eventText, toFeedRevocation } from './feed-events.js';
import type { FeedListener } from './feed-listener.js';
import { FeedMetrics, type RefusalReason } from './feed-metrics.js';
import { FeedSnapshots } from './feed-snapshots.js';
import { Pace } from './pace.js';

const MAX_LISTENERS = 1000;

/**
 * A proof follows a read of the feed, when it is worth most. There is one each second while the feed
 * is live, and there are many while sessions end.
 */
const PROOF_AFTER_MS = 500;

/** Without a read for this time, a proof says that there is none. */
const PROOF_WITHIN_MS = 1100;
const LOOK_EVERY_MS = 500;

/**
 * Listeners open a new stream every ten minutes. A stream that lasts longer may be one whose
 * listener is gone, behind a proxy that takes everything.
 */
const STREAM_MAX_MS = 15 * 60_000;

/** What is sent in one turn. After that a moment passes, so that listeners can follow. */
const TURN_CHARACTERS = 64 * 1024;
const PAUSE_MS = 5;

/**
 * Of one processor, for endings that are sent one by one. With 1,000 listeners a turn takes some
 * 10 ms, so 200 of them a second would leave nothing for requests.
 */
const SHARE = 0.2;

/** With more, all listeners would lag behind for seconds, so they had better start anew. */
const MAX_PENDING = 100_000;

const RETRY_AFTER_SECONDS = 1;

/** What all events that have been sent contain. */
interface Sent {
  readonly mark: string;
  readonly completeSince: Stopwatch | undefined;
}

interface PendingEvent {
  readonly mark: string;
  /** The text of the event after its id. */
  readonly rest: string;
}

/** Tells all listeners of this instance what its feed learns. */
@Injectable()
export class FeedListeners implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger('FeedListeners');
  private readonly listeners = new Set<FeedListener>();
  private readonly subscriptions: Subscription[] = [];
  private pending: PendingEvent[] = [];
  private sentBeforePending: Sent = { mark: '', completeSince: undefined };
  private provedAtMs = -Infinity;
  /** The run of the server that was read last. */
  private origin: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private readonly pace = new Pace(SHARE);
  private isFlushing = false;
  private isStopping = false;

  constructor(
    private readonly feed: RevocationFeed,
    private readonly snapshots: FeedSnapshots,
    private readonly metrics: FeedMetrics,
    private readonly readiness: Readiness,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.readiness.onDrain(() => this.stop());
    this.subscriptions.push(
      this.feed.changes.subscribe((entry) => this.add(entry)),
      this.feed.reads.subscribe(() => this.followRead()),
    );
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** Ends all streams: their listeners go to another instance. */
  beforeApplicationShutdown(): void {
    this.stop();
  }

  /** @throws Problem `service_unavailable` if another instance must be asked, or later */
  requireRoom(): void {
    const reason = this.refusalReason;
    if (!reason) return;
    this.metrics.countRefused(reason);
    throw new Problem('service_unavailable', {
      isExpected: true,
      retryAfterSeconds: RETRY_AFTER_SECONDS,
    });
  }

  /** Sends the listener what it lacks, and from then on everything that is new. */
  async serve(listener: FeedListener, mark: string): Promise<void> {
    this.open(listener);
    try {
      const entries = (await this.snapshots.send(listener, mark)).map(toFeedRevocation);
      listener.completeSnapshot();
      listener.write(eventText('snapshot', this.sent.mark, { entries, is_last: true }));
      this.prove(listener);
    } catch (error) {
      this.logger.error({ err: error, service: listener.service }, 'A snapshot failed.');
      listener.cut('failed');
    }
  }

  private get refusalReason(): RefusalReason | undefined {
    if (this.isStopping) return 'draining';
    if (this.feed.state !== 'live') return 'not_live';
    return this.listeners.size >= MAX_LISTENERS ? 'full' : undefined;
  }

  private open(listener: FeedListener): void {
    const { service } = listener;
    this.listeners.add(listener);
    this.metrics.countOpened(service);
    this.logger.debug({ service }, 'A service listens.');
    listener.onClose(() => this.close(listener));
  }

  private close(listener: FeedListener): void {
    if (!this.listeners.delete(listener)) return;
    const { service, wasCutBy: reason } = listener;
    this.metrics.countClosed(service, reason);
    if (reason) this.logger.warn({ service, reason }, 'The stream of a service was cut.');
    else this.logger.debug({ service }, 'The stream of a service has ended.');
  }

  /** All events that were added have been sent, or those before the pending ones. */
  private get sent(): Sent {
    return this.pending.length > 0 ? this.sentBeforePending : this.known;
  }

  private get known(): Sent {
    return { mark: this.feed.mark.text, completeSince: this.feed.completeSince };
  }

  private add(entry: RevokedEntry): void {
    if (this.listeners.size === 0) return;
    if (this.pending.length >= MAX_PENDING) return this.cutAll();
    if (this.pending.length === 0) {
      this.sentBeforePending = this.known;
      if (!this.isFlushing) this.flushSoon();
      this.isFlushing = true;
    }
    const rest = `\ndata: ${JSON.stringify(toFeedRevocation(entry))}\n\n`;
    this.pending.push({ mark: this.feed.mark.text, rest });
  }

  /** Each event is written out once for all listeners that have their snapshot. */
  private flush(): void {
    const beginMs = performance.now();
    const events = this.takeTurn();
    const buffer = Buffer.from(textOf(events, ({ mark }) => mark));
    for (const listener of this.listeners) {
      const { catchingUp } = listener;
      listener.write(catchingUp === undefined ? buffer : textOf(events, () => catchingUp));
    }
    // Responses write to their sockets after this turn, which is most of the work.
    process.nextTick(() => this.pace.note(beginMs, performance.now()));
    this.isFlushing = this.pending.length > 0;
    if (this.isFlushing) setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** At once where few listen. Where the last turn took long, what comes meanwhile is sent with it. */
  private flushSoon(): void {
    const waitMs = this.pace.waitMs(performance.now());
    // The shortest timer takes a millisecond.
    if (waitMs < 1) setImmediate(() => this.flush());
    else setTimeout(() => this.flush(), waitMs);
  }

  private takeTurn(): readonly PendingEvent[] {
    let characters = 0;
    let count = 0;
    for (const { mark, rest } of this.pending) {
      if (characters > TURN_CHARACTERS) break;
      characters += mark.length + rest.length;
      count += 1;
    }
    const events = this.pending.slice(0, count);
    this.pending = this.pending.slice(count);
    return events;
  }

  private followRead(): void {
    const { origin } = this.feed.mark;
    // A listener that has resumed may lack what this instance committed on the next primary just
    // before its feed went there, too.
    if (this.origin !== undefined && origin !== this.origin)
      for (const listener of this.listeners) if (listener.hasResumed) listener.end();
    this.origin = origin;
    this.proveUnlessProved(PROOF_AFTER_MS);
  }

  private look(): void {
    const nowMs = this.clock.monotonicMs();
    for (const listener of this.listeners)
      if (listener.isGone) this.close(listener);
      else if (nowMs - listener.startedAtMs > STREAM_MAX_MS) listener.end();
    this.proveUnlessProved(PROOF_WITHIN_MS);
  }

  private proveUnlessProved(withinMs: number): void {
    const nowMs = performance.now();
    if (nowMs - this.provedAtMs < withinMs) return;
    this.provedAtMs = nowMs;
    for (const listener of this.listeners)
      if (listener.catchingUp === undefined) this.prove(listener);
  }

  private prove(listener: FeedListener): void {
    const { mark, completeSince } = this.sent;
    if (!completeSince) return;
    const state = this.feed.state === 'live' ? 'live' : 'stale';
    const age_ms = Math.ceil(completeSince.elapsedMs());
    const sent_ms = Math.floor(this.clock.monotonicMs() - listener.startedAtMs);
    listener.write(eventText('proof', mark, { state, age_ms, sent_ms }));
  }

  private cutAll(): void {
    this.pending = [];
    for (const listener of this.listeners) listener.cut('too_slow');
  }

  private stop(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    for (const listener of this.listeners) listener.end();
  }
}

function textOf(events: readonly PendingEvent[], idOf: (event: PendingEvent) => string): string {
  return events.map((event) => `event: revoked\nid: ${idOf(event)}${event.rest}`).join('');
}
