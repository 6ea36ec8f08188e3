import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { isAnomaly, type SecurityEvent } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';
import { Webhook } from './webhook.js';

/** Tells operators of anomalies: one line in the log, and the webhook where there is one. */
@Injectable()
export class AnomalyReporter {
  private readonly logger = new Logger('AnomalyReporter');

  constructor(private readonly webhook: Webhook) {}

  @OnEvent('security.*')
  report(event: SecurityEvent): void {
    if (!isAnomaly(event.type)) return;
    const report = { user_id: event.userId, event: toEventResponse(event) };
    this.logger.warn(report, `anomaly: ${event.type}`);
    this.webhook.send(report);
  }
}
