import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { BINDINGS, type Binding, type ListedSession, type SessionList } from '#protocol';
import { openEnum } from '../platform/documentation/index.js';
import { MAX_PAGE_ENTRIES, PageLimit } from '../platform/http/index.js';
import type { SessionsPage, SessionSummary } from './session.js';

/** A session as a device. */
export class SessionDetails implements Omit<ListedSession, 'current'> {
  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  id: string;

  @ApiProperty({ example: 'Firefox on Windows' })
  device_name: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.7',
    description: 'The address from which it was last used.',
  })
  ip: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-11-21T17:30:00.000Z',
    description: 'The last sign-in or refresh.',
  })
  last_used_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-12-05T17:30:00.000Z' })
  expires_at: string;

  @ApiProperty({
    ...openEnum('Binding', BINDINGS),
    example: 'none',
    description:
      '`key`: its tokens are of use only to the client that holds a key, which never leaves it. `none`: to whoever has them.',
  })
  binding: Binding;
}

/** One of my devices. */
export class SessionResponse extends SessionDetails implements ListedSession {
  @ApiProperty({ example: true, description: 'True for the session of this request.' })
  current: boolean;
}

export class SessionListResponse implements SessionList {
  @ApiProperty({ type: [SessionResponse], description: 'Last used first.' })
  sessions: SessionResponse[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: '1764493800000.01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
    description: 'Null on the last page.',
  })
  next_cursor: string | null;
}

const CURSOR = /^(\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export class SessionsQuery {
  @PageLimit(MAX_PAGE_ENTRIES)
  limit?: string;

  @ApiProperty({
    required: false,
    description: '`next_cursor` of the page before.',
    example: '1764493800000.01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  })
  @IsOptional()
  @Matches(CURSOR, { message: 'cursor must be the next_cursor of a page' })
  cursor?: string;
}

export function pageOf({ limit, cursor }: SessionsQuery): SessionsPage {
  const [, lastUsedAtMs, id] = CURSOR.exec(cursor ?? '') ?? [];
  const after = id === undefined ? undefined : { lastUsedAt: new Date(Number(lastUsedAtMs)), id };
  return { limit: Number(limit ?? MAX_PAGE_ENTRIES), after };
}

/** A session that is refreshed between two pages moves to the front, and is on no later page. */
export function cursorAfter({ lastUsedAt, id }: SessionSummary): string {
  return `${lastUsedAt.getTime()}.${id}`;
}

export function toSessionResponse(session: SessionSummary, currentId: string): SessionResponse {
  return { ...toSessionDetails(session), current: session.id === currentId };
}

export function toSessionDetails(session: SessionSummary): SessionDetails {
  return {
    id: session.id,
    device_name: session.deviceName,
    ip: session.ip,
    created_at: session.createdAt.toISOString(),
    last_used_at: session.lastUsedAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
    binding: session.isBound ? 'key' : 'none',
  };
}
