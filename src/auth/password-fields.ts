import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '../platform/http/index.js';

/**
 * Far more than the 72 bytes that may be hashed, so that a long password gets
 * `password_unacceptable`; still a limit for the work.
 */
export const MAX_PASSWORD_CHARACTERS = 1000;

/** The field `current_password` of a route that needs a fresh proof; see `FreshProof`. */
export function IsCurrentPassword(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      description:
        'Needed by every user who has a password. A user who has none must have signed in at most 300 seconds ago.',
      example: 'violet-Harbor-73-lantern',
    }),
    IsOptional(),
    IsText({ max: MAX_PASSWORD_CHARACTERS }),
  );
}
