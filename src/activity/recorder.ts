import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Counter } from 'prom-client';
import { SECURITY_EVENTS, type SecurityEvent } from '../platform/events/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { EventStore } from './event.store.js';

/**
 * Records every security event. If that fails, the failure is counted and logged, and the request
 * still succeeds.
 */
@Injectable()
export class Recorder {
  private readonly logger = new Logger('Recorder');
  private readonly events: Counter<'type' | 'recorded'>;

  constructor(
    private readonly store: EventStore,
    metrics: Metrics,
  ) {
    this.events = new Counter({
      name: 'evergreen_security_events_total',
      help: 'Security events by type, and whether they could be recorded.',
      labelNames: ['type', 'recorded'],
      registers: [metrics.registry],
    });
    // Prometheus sees an increase only of a counter that existed before: without this, it would miss
    // the first theft after a start.
    for (const type of Object.keys(SECURITY_EVENTS)) this.events.inc({ type, recorded: 'true' }, 0);
  }

  @OnEvent('security.*')
  async record(event: SecurityEvent): Promise<void> {
    try {
      await this.store.add(event);
      this.events.inc({ type: event.type, recorded: 'true' });
    } catch (error) {
      this.events.inc({ type: event.type, recorded: 'false' });
      this.logger.error(
        { err: error, type: event.type, event_id: event.id },
        'A security event was not recorded.',
      );
    }
  }
}
