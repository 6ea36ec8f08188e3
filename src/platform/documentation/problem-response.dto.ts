import { ApiProperty } from '@nestjs/swagger';
import { ERRORS, type ErrorCode, type ProblemDocument } from '#protocol';
import { openEnum } from './open-enum.js';

class FieldErrorResponse {
  @ApiProperty({ example: 'email' })
  field: string;

  @ApiProperty({ example: 'email must be an email' })
  message: string;
}

/** The body of every error (RFC 9457). */
export class ProblemResponse implements ProblemDocument {
  @ApiProperty({ example: 'urn:evergreen:problem:token_expired' })
  type: string;

  @ApiProperty({ example: 'Access token expired' })
  title: string;

  @ApiProperty({ type: 'integer', example: 401 })
  status: number;

  @ApiProperty({ example: 'Refresh the session, then send the request again.' })
  detail: string;

  @ApiProperty({ description: 'The path of the request.', example: '/api/users/me' })
  instance: string;

  @ApiProperty({
    ...openEnum('ErrorCode', Object.keys(ERRORS)),
    description: 'Stable; rely on this and not on the texts. Later versions may add more.',
    example: 'token_expired',
  })
  code: ErrorCode;

  @ApiProperty({ example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  request_id: string;

  @ApiProperty({ description: 'The same request may succeed later.', example: false })
  retryable: boolean;

  @ApiProperty({
    description: 'Delete the tokens: the session has ended for good.',
    example: false,
  })
  clear_credentials: boolean;

  @ApiProperty({
    required: false,
    type: [FieldErrorResponse],
    description: 'Only with `validation_failed`; at most 20.',
  })
  errors?: FieldErrorResponse[];

  @ApiProperty({
    required: false,
    type: 'integer',
    description:
      'Only with `reauthentication_required` of a route: how many seconds ago the user may have proved who they are.',
    example: 300,
  })
  max_age?: number;
}
