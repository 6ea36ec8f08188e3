import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import { openEnum } from '../platform/documentation/index.js';
import { PageLimit } from '../platform/http/index.js';
import { SECURITY_EVENTS, type SecurityEvent } from '../platform/events/index.js';

const DEFAULT_LIMIT = 20;

const MEANINGS = Object.entries(SECURITY_EVENTS).map(
  ([type, { meaning }]) => `- \`${type}\`: ${meaning}`,
);

export class EventsQuery {
  @PageLimit(DEFAULT_LIMIT)
  limit?: string;

  @ApiProperty({
    required: false,
    description: '`next_cursor` of the page before.',
    example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  })
  @IsOptional()
  @IsUUID(undefined, { message: 'cursor must be the next_cursor of a page' })
  cursor?: string;
}

/** A security event of the user's account. */
export class EventResponse {
  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  id: string;

  @ApiProperty({
    ...openEnum('SecurityEventType', Object.keys(SECURITY_EVENTS)),
    example: 'login_succeeded',
    description: `Stable names; later versions may add more.\n\n${MEANINGS.join('\n')}`,
  })
  type: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:00:00.000Z' })
  occurred_at: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  })
  session_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Firefox on Windows' })
  device_name: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.0/24',
    description: 'Of the client: /24 of IPv4, /48 of IPv6.',
  })
  network: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { reason: 'ended_by_user' },
    description: 'Depends on the type; may be empty.',
  })
  details: object;
}

export class EventListResponse {
  @ApiProperty({ type: [EventResponse], description: 'Newest first.' })
  events: EventResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
    description: 'Null on the last page.',
  })
  next_cursor: string | null;
}

export function limitOf({ limit }: EventsQuery): number {
  return limit === undefined ? DEFAULT_LIMIT : Number(limit);
}

export function toEventResponse(event: Omit<SecurityEvent, 'requestId'>): EventResponse {
  const { id, type, occurredAt, sessionId, deviceName, network, details } = event;
  return {
    id,
    type,
    occurred_at: occurredAt.toISOString(),
    session_id: sessionId,
    device_name: deviceName,
    network,
    details,
  };
}
