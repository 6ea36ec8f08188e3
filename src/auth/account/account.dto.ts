import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsText } from '../../platform/http/index.js';
import { IsEmailAddress } from '../../users/index.js';
import { IsCurrentPassword, MAX_PASSWORD_CHARACTERS } from '../password-fields.js';

const MAX_TOKEN_CHARACTERS = 200;
const MAX_CODE_CHARACTERS = 40;

function IsLinkToken(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      maxLength: MAX_TOKEN_CHARACTERS,
      description: 'From the link of a mail.',
      example: 'nIQy5rZzkgkNd2ZHNIvYWc5LkK0jP3VnHk5P0Vb0s5c',
    }),
    IsOptional(),
    IsText({ min: 1, max: MAX_TOKEN_CHARACTERS }),
  );
}

function IsCode(description: string): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      maxLength: MAX_CODE_CHARACTERS,
      description,
      example: '40718253',
    }),
    IsOptional(),
    IsText({ max: MAX_CODE_CHARACTERS }),
  );
}

const CODE_BESIDE_TOKEN =
  'Eight digits, from the same mail. A token needs it in another browser than asked for the mail.';

export class ForgotPasswordRequest {
  @ApiProperty({ minLength: 1, maxLength: 254, example: 'user@example.com' })
  @IsText({ min: 1, max: 254 })
  email: string;
}

export class ResetPasswordRequest {
  @IsLinkToken()
  token?: string;

  @ApiProperty({
    required: false,
    maxLength: 254,
    description: 'With `code`, in place of `token`.',
    example: 'user@example.com',
  })
  @IsOptional()
  @IsText({ min: 1, max: 254 })
  email?: string;

  @IsCode(CODE_BESIDE_TOKEN)
  code?: string;

  @ApiProperty({
    minLength: 8,
    description: 'At most 72 bytes of UTF-8, and not a common password.',
    example: 'copper-Meadow-58-anchor',
  })
  @IsText({ max: MAX_PASSWORD_CHARACTERS })
  new_password: string;
}

export class VerifyEmailRequest {
  @IsLinkToken()
  token?: string;

  @IsCode(`${CODE_BESIDE_TOKEN} Without a token, it is for the user who is signed in.`)
  code?: string;
}

export class ChangeEmailRequest {
  @ApiProperty({
    maxLength: 254,
    description: 'An address that `<input type=email>` accepts.',
    example: 'new-address@example.com',
  })
  @IsEmailAddress()
  new_email: string;

  @IsCurrentPassword()
  current_password?: string;
}

export class UndoEmailChangeRequest {
  @ApiProperty({
    maxLength: MAX_TOKEN_CHARACTERS,
    description: 'From the link of a mail.',
    example: 'nIQy5rZzkgkNd2ZHNIvYWc5LkK0jP3VnHk5P0Vb0s5c',
  })
  @IsText({ min: 1, max: MAX_TOKEN_CHARACTERS })
  token: string;

  @IsCode(CODE_BESIDE_TOKEN)
  code?: string;
}

export class DeleteAccountRequest {
  @IsCurrentPassword()
  current_password?: string;
}
