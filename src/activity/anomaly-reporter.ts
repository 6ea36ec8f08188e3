import { Injectable } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { isAnomaly, type SecurityEvent } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';
import { Webhook } from './webhook.js';

/** Tells operators of anomalies, by the webhook where there is one. */
@Injectable()
export class AnomalyReporter {
  constructor(private readonly webhook: Webhook) {}

  @OnEvent('security.*')
  report(event: SecurityEvent): void {
    if (isAnomaly(event.type))
      this.webhook.send({ user_id: event.userId, event: toEventResponse(event) });
  }
}
