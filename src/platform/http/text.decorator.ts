import { applyDecorators } from '@nestjs/common';
import { isEmail, IsString, MaxLength, MinLength, ValidateBy } from 'class-validator';

/** RFC 5321, section 4.5.3.1.3, less the angle brackets. */
const MAX_EMAIL_CHARACTERS = 254;

/**
 * A string of `min` to `max` characters that PostgreSQL can store as it is: no NUL character and no
 * half of a surrogate pair, which would come back as another text than was sent.
 */
export function IsText({ min = 0, max }: { min?: number; max: number }): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MinLength(min),
    MaxLength(max),
    ValidateBy({
      name: 'isStorable',
      validator: {
        validate: isStorable,
        defaultMessage: () => '$property must not contain NUL characters or broken Unicode',
      },
    }),
  );
}

/** An email address that can be stored. */
export function IsEmailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmailAddress',
    validator: {
      // In this order: the check of the address itself throws on broken Unicode.
      validate: (value) =>
        isStorable(value) && value.length <= MAX_EMAIL_CHARACTERS && isEmail(value),
      defaultMessage: () => '$property must be an email address',
    },
  });
}

function isStorable(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}
