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

/** While the revocation feed is connected, its heartbeats bring a reading each second. */
const RECENT_MS = 5000;

/** A smaller offset causes no warning, even if the configured tolerance is smaller. */
const LEAST_WARNED_MS = 1000;

/**
 * Keeps the `Clock` of this instance at the database's time, so that all instances use the same
 * clock, whatever their system clocks say. Warns operators if a system clock is wrong.
 */
@Injectable()
export class DatabaseTime implements OnModuleInit {
  private readonly logger = new Logger('DatabaseTime');
  private readonly warnedFromMs: number;
  private reading: Promise<void> | undefined;
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
      help: "How far the system clock of this machine is ahead of the database's clock.",
      registers: [registry],
      collect() {
        this.set(clock.systemAheadMs / 1000);
      },
    });
  }

  /** Before the application listens, so that it never signs or verifies by the system clock. */
  async onModuleInit(): Promise<void> {
    await this.read();
  }

  /** For any query whose response contains the database's time. */
  observe(reading: ClockReading): void {
    this.reportJump(this.clock.follow(reading));
    this.reportOffset(this.clock.systemAheadMs);
  }

  /**
   * Reads the database's clock, unless the last reading is only seconds old. For a decision that
   * cannot be undone.
   *
   * @throws if the database cannot be reached
   */
  async ensureRecent(): Promise<void> {
    if (this.clock.readingAgeMs >= RECENT_MS) await this.read();
  }

  /** Concurrent calls share one query. */
  private read(): Promise<void> {
    this.reading ??= this.query().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async query(): Promise<void> {
    const requestedAtMs = performance.now();
    const [row] = await this.statements.run<{ isReplica: boolean; nowMs: number }>(READ_CLOCK, []);
    // A replica may have another clock.
    if (row?.isReplica !== false) throw new NoPrimaryError();
    this.observe({ nowMs: row.nowMs, requestedAtMs, respondedAtMs: performance.now() });
  }

  private reportJump(byMs: number): void {
    if (Math.abs(byMs) < this.warnedFromMs) return;
    this.logger.warn(
      { event: 'clock.reference.jumped', by_seconds: byMs / 1000 },
      "The database's clock has jumped, or this machine has slept. Sessions follow the database's clock.",
    );
  }

  private reportOffset(aheadMs: number): void {
    // It ends at half the limit, so that it does not begin and end again all the time.
    const isFarOff = Math.abs(aheadMs) >= this.warnedFromMs / (this.isFarOff ? 2 : 1);
    if (isFarOff === this.isFarOff) return;
    this.isFarOff = isFarOff;
    const offset_seconds = aheadMs / 1000;
    if (isFarOff)
      this.logger.warn(
        { event: 'clock.offset.began', offset_seconds },
        "This machine's clock differs from the database's, which this instance follows; correct it.",
      );
    else
      this.logger.warn(
        { event: 'clock.offset.ended', offset_seconds },
        "This machine's clock agrees with the database's again.",
      );
  }
}
