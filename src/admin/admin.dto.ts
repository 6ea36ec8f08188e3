import { ApiProperty } from '@nestjs/swagger';
import { IsArray, IsObject, IsOptional, IsString, ValidateBy } from 'class-validator';
import { IsText } from '../platform/http/index.js';
import {
  SessionDetails,
  toSessionDetails,
  type RevocationReport,
  type SessionSummary,
} from '../sessions/index.js';
import { parseInstant } from './instant.js';
import { toUserResponse, UserResponse, type User } from '../users/index.js';

export class UsersQuery {
  @ApiProperty({
    description: 'An address, in any spelling, or an id.',
    example: 'user@example.com',
  })
  @IsText({ min: 1, max: 254 })
  user: string;
}

export class BeforeQuery {
  @ApiProperty({
    format: 'date-time',
    description: 'With its offset from UTC.',
    example: '2026-11-21T09:00:00Z',
  })
  @ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && parseInstant(value) !== undefined,
      defaultMessage: () => '$property must be an instant such as 2026-11-21T09:00:00Z',
    },
  })
  before: string;
}

/** A user, as shown to operators. */
export class UserDetails extends UserResponse {
  @ApiProperty({ format: 'date-time', example: '2026-11-01T09:00:00.000Z' })
  created_at: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'The user cannot sign in since then.',
  })
  deactivated_at: string | null;

  @ApiProperty({ type: [String], example: ['admin'] })
  roles: string[];

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the team that runs the server keeps about the user.',
    example: {},
  })
  metadata: object;
}

/** What is not given is unchanged. */
export class UpdateUserRequest {
  @ApiProperty({
    required: false,
    type: [String],
    description:
      'All roles of the user: at most 50, of at most 64 letters, digits, and `_ - : .` each.',
    example: ['admin'],
  })
  @IsOptional()
  @IsArray()
  @IsString({ each: true })
  roles?: string[] | null;

  @ApiProperty({
    selfRequired: false,
    type: 'object',
    additionalProperties: true,
    description: 'Replaces what the team keeps about the user; at most 4 kB as JSON.',
    example: { plan: 'small' },
  })
  @IsOptional()
  @IsObject()
  metadata?: object | null;
}

export class UsersResponse {
  @ApiProperty({ type: [UserDetails], description: 'One or none.' })
  users: UserDetails[];
}

export class SessionsResponse {
  @ApiProperty({ type: [SessionDetails], description: 'Last used first.' })
  sessions: SessionDetails[];
}

export class RevokedResponse {
  @ApiProperty({ type: 'integer', description: 'How many sessions were ended.', example: 3 })
  revoked: number;
}

class ListenerResponse {
  @ApiProperty({ type: String, nullable: true, example: '10.0.0.7' })
  address: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:00:00.000Z' })
  connected_at: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.4,
    description: 'Since its last heartbeat; there is one each second.',
  })
  silent_seconds: number | null;
}

/** The state of the revocation feed, from the database. */
export class RevocationStatus {
  @ApiProperty({ type: 'integer', description: 'Rows of the blacklist.', example: 12 })
  size: number;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-11-21T09:00:00.000Z',
  })
  newest_at: string | null;

  @ApiProperty({ type: [ListenerResponse], description: 'One for each instance that listens.' })
  listeners: ListenerResponse[];
}

export function toUserDetails(user: User): UserDetails {
  return {
    ...toUserResponse(user),
    created_at: user.createdAt.toISOString(),
    deactivated_at: user.deactivatedAt?.toISOString() ?? null,
    roles: user.roles,
    metadata: user.metadata,
  };
}

export function toListing(sessions: readonly SessionSummary[]): SessionsResponse {
  return { sessions: sessions.map(toSessionDetails) };
}

export function toRevocationStatus({
  size,
  newestAt,
  listeners,
}: RevocationReport): RevocationStatus {
  return {
    size,
    newest_at: newestAt?.toISOString() ?? null,
    listeners: listeners.map(({ address, connectedAt, silentSeconds }) => ({
      address,
      connected_at: connectedAt.toISOString(),
      silent_seconds: silentSeconds,
    })),
  };
}
