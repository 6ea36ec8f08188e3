import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { Config } from '../platform/config/index.js';
import { isAnomaly, type SecurityEvent, type SecurityEventType } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';
import { Webhook } from './webhook.js';

/** Sends anomalies and changes of network to the webhook, if configured. */
@Injectable()
export class AnomalyReporter {
  constructor(
    private readonly webhook: Webhook,
    private readonly config: Config,
  ) {}

  @OnEvent('security.*')
  report(event: SecurityEvent): void {
    if (this.mustReport(event.type))
      this.webhook.send({ user_id: event.userId, event: toEventResponse(event) });
  }

  private mustReport(type: SecurityEventType): boolean {
    const { anomalyAction, networkChangeAction } = this.config.sessions;
    if (type === 'network_changed') return networkChangeAction === 'notify';
    return anomalyAction === 'notify' && isAnomaly(type);
  }
}
