import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

/** The maximum number of entries of a page. */
export const MAX_PAGE_ENTRIES = 100;

/** The parameter `limit` of a paged list: a whole number from 1 to 100, as text. */
export function PageLimit(usual: number): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      required: false,
      type: 'integer',
      minimum: 1,
      maximum: MAX_PAGE_ENTRIES,
      default: usual,
      example: 50,
    }),
    IsOptional(),
    Matches(/^([1-9]\d?|100)$/, { message: 'limit must be a whole number from 1 to 100' }),
  );
}
