import { Injectable, Logger } from '@nestjs/common';
import { OnEvent } from '@nestjs/event-emitter';
import { isWarning, SECURITY_EVENTS, type SecurityEvent } from '../platform/events/index.js';
import { toEventResponse } from './event.dto.js';

/**
 * Logs each security event under its stable name; anomalies and failures are warnings.
 */
@Injectable()
export class EventLog {
  private readonly logger = new Logger('Security');

  @OnEvent('security.*')
  write(event: SecurityEvent): void {
    // `SessionEnder` writes this line, for every session and every reason.
    if (event.type === 'session_ended') return;
    const { line, meaning } = SECURITY_EVENTS[event.type];
    const { id: event_id, type: _, ...rest } = toEventResponse(event);
    const { requestId: request_id, userId: user_id } = event;
    const members = { event: line, request_id, event_id, user_id, ...rest };
    if (isWarning(event.type)) this.logger.warn(members, meaning);
    else this.logger.log(members, meaning);
  }
}
