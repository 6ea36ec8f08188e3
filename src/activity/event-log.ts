import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { isWarning, SECURITY_EVENTS, type SecurityEvent } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';

/**
 * Writes one line of the log for each security event, under its stable name: anomalies and failures
 * as warnings.
 */
@Injectable()
export class EventLog {
  private readonly logger = new Logger('Security');

  @OnEvent('security.*')
  write(event: SecurityEvent): void {
    // Whoever ends sessions writes this line, for each of them, however it has ended.
    if (event.type === 'session_ended') return;
    const { line, meaning } = SECURITY_EVENTS[event.type];
    const { id: event_id, type: _, ...told } = toEventResponse(event);
    const { requestId: request_id, userId: user_id } = event;
    const members = { event: line, request_id, event_id, user_id, ...told };
    if (isWarning(event.type)) this.logger.warn(members, meaning);
    else this.logger.log(members, meaning);
  }
}
