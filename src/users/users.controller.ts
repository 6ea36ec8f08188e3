import { Body, Get, Patch } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentUser, OwnController } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import { RenameRequest, toNameChange, toUserResponse, UserResponse } from './user.dto.js';
import type { UserProfile } from './user.entity.js';
import { UsersService } from './users.service.js';

@ApiTags('Users')
@OwnController('api')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  @Get('users/me')
  @ApiOperation({
    operationId: 'getMe',
    summary: 'Show my account',
  })
  @ApiOkResponse({ type: UserResponse })
  async me(@CurrentUser() { id }: { id: string }): Promise<UserResponse> {
    return toUserResponse(existing(await this.users.findById(id)));
  }

  @Get('auth/me')
  @ApiOperation({ operationId: 'getAuthMe', summary: 'Show my account, at another path' })
  @ApiOkResponse({ type: UserResponse })
  async meByOtherPath(@CurrentUser() user: { id: string }): Promise<UserResponse> {
    return this.me(user);
  }

  @Patch('users/me')
  @ApiBody({ type: RenameRequest, required: false })
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Change my names',
    description: 'A name that is not given is unchanged; `null` removes it.',
  })
  @ApiOkResponse({ type: UserResponse })
  @ApiProblems('validation_failed')
  async rename(
    @CurrentUser() { id }: { id: string },
    @Body() request: RenameRequest,
  ): Promise<UserResponse> {
    return toUserResponse(existing(await this.users.rename(id, toNameChange(request))));
  }
}

/** A token may still be accepted for a moment after its user was deactivated. */
function existing(user: UserProfile | null): UserProfile {
  if (!user) throw new Problem('session_revoked');
  return user;
}
