import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { IsText } from '../../platform/http/index.js';
import type { LinkedIdentity } from '../identities/identities.js';
import { IsCurrentPassword } from '../password-fields.js';

/** It is kept in a cookie, which browsers limit to 4096 bytes. */
const MAX_PAGE_CHARACTERS = 1000;

/** For the `headers` of a response that begins a sign-in. */
export const SETS_FLOW_COOKIE = {
  'Set-Cookie': {
    description: 'What the way back from the provider needs, for ten minutes.',
    required: true,
    schema: { type: 'string' },
  },
} as const;

const RETURN_TO = {
  required: false,
  maxLength: MAX_PAGE_CHARACTERS,
  description:
    'The page to return to: a path of this server, or a URL of an origin in `CORS_ORIGINS`. `/` by default.',
  example: '/notes',
} as const;

export class SignInWithQuery {
  @ApiProperty(RETURN_TO)
  @IsOptional()
  @IsText({ max: MAX_PAGE_CHARACTERS })
  return_to?: string;

  @ApiProperty({
    required: false,
    enum: ['true', 'false'],
    description: 'Decides how long the session lasts without use; see the configuration.',
  })
  @IsOptional()
  @IsIn(['true', 'false'])
  remember_me?: string;

  @ApiProperty({
    required: false,
    enum: ['cookie'],
    description: 'A redirect has no body, so the refresh token is in the cookie.',
  })
  @IsOptional()
  @IsIn(['cookie'])
  transport?: string;
}

export class LinkIdentityRequest {
  @ApiProperty({ maxLength: 40, description: 'The name of the login provider.', example: 'oidc' })
  @IsText({ max: 40 })
  provider: string;

  @IsCurrentPassword()
  current_password?: string;

  @ApiProperty(RETURN_TO)
  @IsOptional()
  @IsText({ max: MAX_PAGE_CHARACTERS })
  return_to?: string;
}

export class LinkIdentityResponse {
  @ApiProperty({
    description: 'Where the page sends the browser next.',
    example: 'https://login.example.com/authorize?…',
  })
  location: string;
}

/** An identity of a login provider. */
export class IdentityResponse {
  @ApiProperty({ example: 'Vq1yF0mVfE1mG2o1d0XvCw' })
  id: string;

  @ApiProperty({ example: 'https://login.example.com' })
  issuer: string;

  @ApiProperty({ example: '248289761001' })
  subject: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:00:00.000Z' })
  created_at: string;
}

export class IdentityListResponse {
  @ApiProperty({ type: [IdentityResponse], description: 'The oldest first.' })
  identities: IdentityResponse[];
}

export function toIdentityResponse(identity: LinkedIdentity): IdentityResponse {
  const { id, issuer, subject, createdAt } = identity;
  return { id, issuer, subject, created_at: createdAt.toISOString() };
}
