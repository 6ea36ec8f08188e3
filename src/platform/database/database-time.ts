import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock, type ClockReading } from '../clock/index.js';
import { Config } from '../config/index.js';
import { Metrics } from '../metrics/index.js';
import { NoPrimaryError } from './connections/primary.js';
import { toEpochMs } from './database-clock.js';
import { Statements, type Statement } from './statements.js';

const READ_CLOCK: Statement = {
  name: 'read_clock',
  text: `SELECT pg_is_in_recovery() AS "isReplica", ${toEpochMs('clock_timestamp()')} AS "nowMs"`,
};

/** Heartbeats of the revocation feed tell the time each second, while that is connected. */
const RECENT_MS = 5000;

/** Less is not worth a warning, even where no difference between clocks is tolerated. */
const LEAST_WARNED_MS = 1000;

/**
 * Keeps the `Clock` of this instance at the time of the database: all instances judge by the same
 * clock, whatever the calendars of their machines say. Tells operators where those are wrong.
 */
@Injectable()
export class DatabaseTime implements OnModuleInit {
  private readonly logger = new Logger('DatabaseTime');
  private readonly warnedFromMs: number;
  private asking: Promise<void> | undefined;
  private isFarOff = false;

  constructor(
    private readonly clock: Clock,
    private readonly statements: Statements,
    { tokens }: Config,
    { registry }: Metrics,
  ) {
    this.warnedFromMs = Math.max(tokens.clockToleranceSeconds * 1000, LEAST_WARNED_MS);
    new Gauge({
      name: 'evergreen_clock_offset_seconds',
      help: "By how much the calendar of this machine is ahead of the database's clock.",
      registers: [registry],
      collect() {
        this.set(clock.systemAheadMs / 1000);
      },
    });
  }

  /** Before the application listens: it signs and judges nothing by the calendar of its machine. */
  async onModuleInit(): Promise<void> {
    await this.ask();
  }

  /** Whoever has asked the database anything may have its time from the answer. */
  hear(reading: ClockReading): void {
    this.reportJump(this.clock.follow(reading));
    this.reportOffset(this.clock.systemAheadMs);
  }

  /**
   * Asks the database for its time, unless it was heard within the last seconds. For a judgement
   * that cannot be taken back.
   *
   * @throws where the database cannot be asked
   */
  async ensureRecent(): Promise<void> {
    if (this.clock.heardAgoMs >= RECENT_MS) await this.ask();
  }

  /** Whoever comes while it is being asked waits for the same answer. */
  private ask(): Promise<void> {
    this.asking ??= this.read().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async read(): Promise<void> {
    const askedAtMs = performance.now();
    const [row] = await this.statements.run<{ isReplica: boolean; nowMs: number }>(READ_CLOCK, []);
    // Its clock may be another one.
    if (row?.isReplica !== false) throw new NoPrimaryError();
    this.hear({ nowMs: row.nowMs, askedAtMs, answeredAtMs: performance.now() });
  }

  private reportJump(byMs: number): void {
    if (Math.abs(byMs) < this.warnedFromMs) return;
    this.logger.warn(
      { event: 'clock.reference.jumped', by_seconds: byMs / 1000 },
      "The database's clock has jumped, or this machine has slept; sessions go by the database's clock.",
    );
  }

  private reportOffset(aheadMs: number): void {
    // It ends at half of it, so that it does not begin and end again all the time.
    const isFarOff = Math.abs(aheadMs) >= this.warnedFromMs / (this.isFarOff ? 2 : 1);
    if (isFarOff === this.isFarOff) return;
    this.isFarOff = isFarOff;
    const offset_seconds = aheadMs / 1000;
    if (isFarOff)
      this.logger.warn(
        { event: 'clock.offset.began', offset_seconds },
        "This machine's clock is far from the database's, by which this instance goes; set it.",
      );
    else
      this.logger.warn(
        { event: 'clock.offset.ended', offset_seconds },
        "This machine's clock is near the database's again.",
      );
  }
}
