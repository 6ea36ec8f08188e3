import { ApiProperty } from '@nestjs/swagger';
import { TOKEN_TYPES } from '#protocol';
import type * as wire from '#protocol';
import { openEnum } from '../platform/documentation/index.js';

/** Further members are ignored (RFC 6749, section 3.1). */
export class IntrospectionRequest {
  @ApiProperty({
    description: 'The access token that somebody has presented.',
    example: 'eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9…',
  })
  token: string;

  @ApiProperty({
    required: false,
    description: 'Ignored: only access tokens are introspected.',
    example: 'access_token',
  })
  token_type_hint?: string;
}

const ID = { format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10', required: false };
const INSTANT = { type: 'integer', example: 1763700000, required: false } as const;

class Confirmation {
  @ApiProperty({ example: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' })
  jkt: string;
}

export class IntrospectionResponse implements Omit<Partial<wire.ActiveToken>, 'active'> {
  @ApiProperty({ description: 'If it is false, there are no other members.', example: true })
  active: boolean;

  @ApiProperty({
    ...openEnum('TokenType', TOKEN_TYPES),
    required: false,
    example: 'bearer',
    description:
      '`DPoP` if the session is bound to a key: whoever presents the token must prove it.',
  })
  token_type?: wire.TokenType;

  @ApiProperty({ required: false, example: 'evergreen' })
  iss?: string;

  @ApiProperty({ required: false, example: 'evergreen-api' })
  aud?: string;

  @ApiProperty({ ...ID, description: 'The user.' })
  sub?: string;

  @ApiProperty({ ...ID, description: 'The session.' })
  sid?: string;

  @ApiProperty({ ...INSTANT, description: 'When the token was issued, in epoch seconds.' })
  iat?: number;

  @ApiProperty({ ...INSTANT, description: 'When the token expires, in epoch seconds.' })
  exp?: number;

  @ApiProperty({ type: [String], required: false, description: 'Of the user.' })
  roles?: readonly string[];

  @ApiProperty({
    required: false,
    description: 'The key that the session is bound to (RFC 9449, section 6.2).',
  })
  cnf?: Confirmation;
}
