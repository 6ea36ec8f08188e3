import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { Sweeps } from '../platform/database/index.js';
import { Every } from '../platform/jobs/index.js';
import { EventStore } from './event.store.js';

const SWEEP_EVERY_MS = 10 * 60_000;

/** Deletes events older than `SECURITY_EVENTS_KEEP_DAYS`; one instance at a time. */
@Injectable()
export class EventSweeper {
  constructor(
    private readonly store: EventStore,
    private readonly sweeps: Sweeps,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Every(SWEEP_EVERY_MS)
  async sweep(): Promise<void> {
    const keepFromMs = this.clock.nowMs() - this.config.activity.keepSeconds * 1000;
    await this.sweeps.sweep('security_events', (limit) =>
      this.store.deleteBefore(keepFromMs, limit),
    );
  }
}
