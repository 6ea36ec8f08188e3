import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { isAnomaly, SECURITY_EVENTS, type SecurityEvent } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';

/**
 * Writes one line of the log for each security event, under its stable name: anomalies as warnings.
 */
@Injectable()
export class EventLog {
  private readonly logger = new Logger('Security');

  @OnEvent('security.*')
  write(event: SecurityEvent): void {
    const { line, meaning } = SECURITY_EVENTS[event.type];
    const { id: event_id, type: _, ...told } = toEventResponse(event);
    const members = { event: line, event_id, user_id: event.userId, ...told };
    if (isAnomaly(event.type)) this.logger.warn(members, meaning);
    else this.logger.log(members, meaning);
  }
}
