import { applyDecorators } from '@nestjs/common';
import { IsString, MaxLength, MinLength, ValidateBy } from 'class-validator';

/**
 * A string of `min` to `max` characters that PostgreSQL can store as it is: no NUL character and no half of a surrogate pair,
 * which would come back as another text than was sent.
 */
export function IsText({ min = 0, max }: { min?: number; max: number }): PropertyDecorator {
  return applyDecorators(
    IsString(),
    MinLength(min),
    MaxLength(max),
    ValidateBy({
      name: 'isStorable',
      validator: {
        validate: (value) => typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value),
        defaultMessage: () => '$property must not contain NUL characters or broken Unicode',
      },
    }),
  );
}
