import { ApiProperty } from '@nestjs/swagger';
import { UserResponse } from '../users/index.js';

const ID = { format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' } as const;
const INSTANT = { format: 'date-time', example: '2026-11-21T09:00:00.000Z' } as const;
const INSTANT_OR_NULL = {
  type: String,
  format: 'date-time',
  nullable: true,
  example: null,
} as const;
const FINGERPRINT = {
  type: String,
  nullable: true,
  example: 'device:Zm9vYmFy',
  description: 'Distinguishes clients. It proves nothing.',
} as const;

/** The user, with what else is kept beside the profile. */
class ExportedUser extends UserResponse {
  @ApiProperty({ type: [String], example: ['editor'] })
  roles: string[];

  @ApiProperty({ type: 'object', additionalProperties: true, example: {} })
  metadata: object;

  @ApiProperty({ example: true })
  has_password: boolean;

  @ApiProperty(INSTANT)
  created_at: string;

  @ApiProperty(INSTANT_OR_NULL)
  deactivated_at: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'Sessions that began before have ended.' })
  sessions_end_before: string | null;
}

/** An identity of a login provider. */
class ExportedIdentity {
  @ApiProperty({ example: 'https://login.example.com' })
  issuer: string;

  @ApiProperty({ example: '248289761001' })
  subject: string;

  @ApiProperty(INSTANT)
  created_at: string;
}

/** A session, live or ended within about a day. */
class ExportedSession {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ example: 'body' })
  transport: string;

  @ApiProperty({ type: Boolean, nullable: true, example: true })
  remember_me: boolean | null;

  @ApiProperty({
    type: [String],
    example: ['pwd'],
    description: 'How the user has proved who they are (RFC 8176).',
  })
  amr: string[];

  @ApiProperty({ example: 1209600 })
  lifetime_seconds: number;

  @ApiProperty({ example: 'Firefox on Windows' })
  device_name: string;

  @ApiProperty(FINGERPRINT)
  fingerprint: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    description: 'Of the key that the session is bound to (RFC 7638); null if it is bound to none.',
  })
  key_thumbprint: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.7' })
  ip: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '203.0.113.7',
    description: 'The address before, until the next refresh.',
  })
  previous_ip: string | null;

  @ApiProperty(INSTANT)
  created_at: string;

  @ApiProperty(INSTANT)
  authenticated_at: string;

  @ApiProperty(INSTANT)
  last_used_at: string;

  @ApiProperty(INSTANT)
  expires_at: string;

  @ApiProperty(INSTANT)
  absolute_expires_at: string;

  @ApiProperty(INSTANT_OR_NULL)
  revoked_at: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'logout',
    description: 'Why it ended before it expired.',
  })
  revoked_reason: string | null;
}

/** A security event. */
class ExportedEvent {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ example: 'login_succeeded' })
  type: string;

  @ApiProperty(INSTANT)
  occurred_at: string;

  @ApiProperty({ ...ID, type: String, nullable: true })
  session_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: '203.0.113.0/24' })
  network: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Firefox on Windows' })
  device_name: string | null;

  @ApiProperty(FINGERPRINT)
  fingerprint: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: {} })
  details: object;
}

/** A mail of the last week, without its content. */
class ExportedMail {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ example: 'verify_address' })
  kind: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'user@example.com',
    description: 'Forgotten once the mail was sent.',
  })
  recipient: string | null;

  @ApiProperty(INSTANT)
  created_at: string;

  @ApiProperty(INSTANT)
  due_at: string;

  @ApiProperty(INSTANT)
  send_until: string;

  @ApiProperty({ type: 'integer', example: 1 })
  attempts: number;

  @ApiProperty(INSTANT_OR_NULL)
  sent_at: string | null;

  @ApiProperty(INSTANT_OR_NULL)
  given_up_at: string | null;
}

/** A mailed link and code, without either. */
class ExportedProof {
  @ApiProperty(ID)
  id: string;

  @ApiProperty({ example: 'verify_address' })
  purpose: string;

  @ApiProperty({ example: 'user@example.com' })
  address: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'device:Zm9vYmFy',
    description: 'Recognises the browser that asked for it.',
  })
  browser: string | null;

  @ApiProperty({ type: 'integer', example: 0, description: 'Of giving the code.' })
  attempts: number;

  @ApiProperty(INSTANT)
  created_at: string;

  @ApiProperty(INSTANT)
  expires_at: string;

  @ApiProperty(INSTANT_OR_NULL)
  ended_at: string | null;
}

/** Everything that is kept about a user. Later versions may add more. */
export class AccountExportResponse {
  @ApiProperty(INSTANT)
  exported_at: string;

  @ApiProperty({ type: ExportedUser })
  user: ExportedUser;

  @ApiProperty({ type: [ExportedIdentity] })
  identities: ExportedIdentity[];

  @ApiProperty({ type: [ExportedSession] })
  sessions: ExportedSession[];

  @ApiProperty({ type: [ExportedEvent] })
  events: ExportedEvent[];

  @ApiProperty({ type: [ExportedMail] })
  mails: ExportedMail[];

  @ApiProperty({ type: [ExportedProof] })
  mailed_proofs: ExportedProof[];
}
