import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsString, IsUUID } from 'class-validator';
import { TOKEN_TYPES } from '#protocol';
import type * as wire from '#protocol';
import { openEnum } from '../platform/documentation/index.js';
import { IsText } from '../platform/http/index.js';
import { IsEmailAddress, Names, UserResponse } from '../users/index.js';
import { IsCurrentPassword, MAX_PASSWORD_CHARACTERS } from './password-fields.js';
import type { PublicKey } from './tokens/keys/key-set.js';

function IsTransport(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      enum: ['body', 'cookie'],
      description:
        'Where the refresh token is sent: in the response body, or in a cookie that scripts cannot read. It stays the same for the whole session.',
    }),
    IsOptional(),
    IsIn(['body', 'cookie']),
  );
}

export class RegisterRequest extends Names {
  @ApiProperty({
    maxLength: 254,
    description: 'An address that `<input type=email>` accepts.',
    example: 'user@example.com',
  })
  @IsEmailAddress()
  email: string;

  @ApiProperty({
    minLength: 8,
    description: 'At most 72 bytes of UTF-8, and not a common password.',
    example: 'violet-Harbor-73-lantern',
  })
  @IsText({ max: MAX_PASSWORD_CHARACTERS })
  password: string;

  @IsTransport()
  transport?: wire.Transport;
}

export class LoginRequest {
  @ApiProperty({ minLength: 1, maxLength: 254, example: 'user@example.com' })
  @IsText({ min: 1, max: 254 })
  email: string;

  @ApiProperty({ example: 'violet-Harbor-73-lantern' })
  @IsText({ max: MAX_PASSWORD_CHARACTERS })
  password: string;

  @ApiProperty({
    required: false,
    description: 'Decides how long the session lasts without use; see the configuration.',
    example: true,
  })
  @IsOptional()
  @IsBoolean()
  remember_me?: boolean;

  @IsTransport()
  transport?: wire.Transport;
}

export class RefreshRequest {
  @ApiProperty({
    required: false,
    description: 'Used if the header contains no refresh token.',
    example: 'eyJhbGciOiJIUzI1NiIs…',
  })
  @IsOptional()
  @IsString()
  refresh_token?: string;
}

export class LogoutRequest extends RefreshRequest {
  @ApiProperty({
    required: false,
    format: 'uuid',
    example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
    description: 'The session to end: nothing ends if the token is of another one.',
  })
  @IsOptional()
  @IsUUID()
  session_id?: string;
}

/** The first one is what the page at `/docs` sends: it ends the session of who tries it. */
export const LOGOUT_EXAMPLES = {
  own: { summary: 'The session of the token', value: {} },
  named: {
    summary: 'This session, and no other',
    value: { session_id: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' },
  },
};

export class ChangePasswordRequest {
  @IsCurrentPassword()
  current_password?: string;

  @ApiProperty({
    minLength: 8,
    description: 'At most 72 bytes of UTF-8, and not a common password.',
    example: 'copper-Meadow-58-anchor',
  })
  @IsText({ max: MAX_PASSWORD_CHARACTERS })
  new_password: string;
}

export class ReauthenticateRequest {
  @ApiProperty({ required: false, example: 'violet-Harbor-73-lantern' })
  @IsOptional()
  @IsText({ max: MAX_PASSWORD_CHARACTERS })
  current_password?: string;

  @ApiProperty({
    required: false,
    description: 'The name of another way to prove it, in place of a password.',
    example: 'device_key',
  })
  @IsOptional()
  @IsText({ min: 1, max: 64 })
  proof?: string;

  @ApiProperty({
    required: false,
    maxLength: 8192,
    description: 'What that way takes.',
    example: 'MEUCIQDx0n5b…',
  })
  @IsOptional()
  @IsText({ max: 8192 })
  response?: string;

  @ApiProperty({
    required: false,
    description: 'Names the session if the header contains no good access token.',
    example: 'eyJhbGciOiJIUzI1NiIs…',
  })
  @IsOptional()
  @IsString()
  refresh_token?: string;
}

export class TokenResponse implements wire.TokenResponse {
  @ApiProperty({ example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…' })
  access_token: string;

  @ApiProperty({
    required: false,
    description: 'Absent if it is in the cookie, or if refresh tokens are disabled.',
    example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6InJ0K2p3dCJ9…',
  })
  refresh_token?: string;

  @ApiProperty({
    ...openEnum('TokenType', TOKEN_TYPES),
    example: 'bearer',
    description: '`DPoP` if the session is bound to a key of its client (RFC 9449).',
  })
  token_type: wire.TokenType;

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the access token expires.',
    example: 28800,
  })
  expires_in: number;

  @ApiProperty({
    required: false,
    type: 'integer',
    description: 'Seconds until the refresh token expires.',
    example: 2592000,
  })
  refresh_expires_in?: number;

  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  session_id: string;

  @ApiProperty()
  user: UserResponse;
}

export class LogoutAllResponse {
  @ApiProperty({ type: 'integer', description: 'How many sessions were ended.', example: 3 })
  revoked: number;
}

class VerifiedUser {
  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  id: string;
}

export class VerifyResponse implements wire.VerifyResponse {
  @ApiProperty({ enum: [true] })
  valid: true;

  @ApiProperty()
  user: VerifiedUser;

  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  session_id: string;

  @ApiProperty({
    type: 'integer',
    description: 'Seconds until the access token expires.',
    example: 28800,
  })
  expires_in: number;
}

class PublicKeyResponse implements Partial<PublicKey> {
  @ApiProperty({ example: '2026-11-21' })
  kid: string;

  @ApiProperty({ example: 'ES256' })
  alg: string;

  @ApiProperty({ enum: ['sig'] })
  use: 'sig';

  @ApiProperty({ example: 'EC' })
  kty: string;

  @ApiProperty({ required: false, example: 'P-256' })
  crv?: string;

  @ApiProperty({ required: false, example: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4' })
  x?: string;

  @ApiProperty({ required: false, example: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM' })
  y?: string;
}

export class PublicKeysResponse {
  @ApiProperty({ type: [PublicKeyResponse] })
  keys: PublicKeyResponse[];
}
