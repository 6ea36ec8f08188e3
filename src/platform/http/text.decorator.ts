import { applyDecorators } from '@nestjs/common';
import { IsString, MaxLength, MinLength, ValidateBy } from 'class-validator';

/**
 * Control characters, line ends, and characters that change the writing direction. A name with
 * these is displayed as another one, or changes the text beside it.
 */
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u;

/**
 * A string of `min` to `max` characters that PostgreSQL stores unchanged: no NUL character and no
 * lone surrogate.
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

/** A text of `min` to `max` characters on one line that other people see, such as a name. */
export function IsLine(size: { min?: number; max: number }): PropertyDecorator {
  return applyDecorators(
    IsText(size),
    ValidateBy({
      name: 'isPrintable',
      validator: {
        validate: isPrintable,
        defaultMessage: () =>
          '$property must not contain control characters or change the direction of writing',
      },
    }),
  );
}

/** True for a text that `IsLine` accepts. */
export function isLine(value: unknown): value is string {
  return isStorable(value) && isPrintable(value);
}

function isPrintable(value: unknown): boolean {
  return typeof value === 'string' && !UNPRINTABLE.test(value);
}

function isStorable(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}
