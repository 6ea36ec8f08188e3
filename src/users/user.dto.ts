import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { User } from '#protocol';
import { IsLine, isLine } from '../platform/http/index.js';
import type { NameChange } from './users.service.js';
import type { UserProfile } from './user.entity.js';

const MAX_NAME_CHARACTERS = 100;

/** A user in the API. */
export class UserResponse implements User {
  @ApiProperty({ format: 'uuid', example: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' })
  id: string;

  // Without `format: email`: the checks of generated clients refuse addresses that browsers accept.
  @ApiProperty({ example: 'user@example.com' })
  email: string;

  @ApiProperty({ type: String, nullable: true, example: 'John' })
  first_name: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Doe' })
  last_name: string | null;

  @ApiProperty({ example: false })
  email_verified: boolean;
}

/** The names of a user; both are optional. */
export class Names {
  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    maxLength: MAX_NAME_CHARACTERS,
    example: 'Joan',
  })
  @IsOptional()
  @IsLine({ max: MAX_NAME_CHARACTERS })
  first_name?: string | null;

  @ApiProperty({
    required: false,
    type: String,
    nullable: true,
    maxLength: MAX_NAME_CHARACTERS,
    example: 'Doe',
  })
  @IsOptional()
  @IsLine({ max: MAX_NAME_CHARACTERS })
  last_name?: string | null;
}

export class RenameRequest extends Names {}

/** True for a first or last name that the API would accept. */
export function isName(value: unknown): value is string {
  return isLine(value) && value.length <= MAX_NAME_CHARACTERS;
}

export function toUserResponse(user: UserProfile): UserResponse {
  return {
    id: user.id,
    email: user.email,
    first_name: user.firstName,
    last_name: user.lastName,
    email_verified: user.emailVerified,
  };
}

export function toNameChange({ first_name, last_name }: Names): NameChange {
  return { firstName: first_name, lastName: last_name };
}
