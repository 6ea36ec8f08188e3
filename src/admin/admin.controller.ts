import {
  Body,
  Delete,
  Get,
  HttpCode,
  Param,
  Patch,
  Post,
  Put,
  Query,
  Req,
  UseGuards,
} from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiBody,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { isUUID } from 'class-validator';
import { EventListResponse, EventsQuery } from '../activity/index.js';
import { OwnController, Public } from '../platform/caller/index.js';
import { ApiProblems } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import type { HttpRequest } from '../platform/http/index.js';
import type { User } from '../users/index.js';
import {
  BeforeQuery,
  RevocationStatus,
  RevokedResponse,
  SessionsResponse,
  toListing,
  toRevocationStatus,
  toUserDetails,
  UpdateUserRequest,
  UserDetails,
  UsersQuery,
  UsersResponse,
} from './admin.dto.js';
import { AdminGuard } from './admin.guard.js';
import { AdminService } from './admin.service.js';

const UserParam = () => ApiParam({ name: 'id', format: 'uuid' });

/** Routes for operators. `@Public()`, since `AdminGuard` takes `ADMIN_TOKEN`, too. */
@ApiTags('Admin')
@ApiSecurity('admin_token')
@ApiSecurity('bearer')
@ApiProblems(
  'token_missing',
  'token_invalid',
  'token_expired',
  'session_revoked',
  'reauthentication_required',
  'rate_limited',
  'service_unavailable',
)
@Public()
@UseGuards(AdminGuard)
@OwnController('api/admin')
export class AdminController {
  constructor(private readonly admin: AdminService) {}

  @Get('users')
  @ApiOperation({ operationId: 'findUsers', summary: 'Find a user' })
  @ApiOkResponse({ type: UsersResponse })
  @ApiProblems('validation_failed')
  async find(@Query() { user: name }: UsersQuery): Promise<UsersResponse> {
    const user = await this.admin.findUser(name);
    return { users: user ? [toUserDetails(user)] : [] };
  }

  @Patch('users/:id')
  @UserParam()
  @ApiOperation({
    operationId: 'updateUser',
    summary: 'Change the roles of a user, and what the team keeps about them',
    description:
      'After a change of roles, older access tokens of the user are `token_expired` on every instance; clients refresh, and no session ends.',
  })
  @ApiBody({ type: UpdateUserRequest, required: false })
  @ApiOkResponse({ type: UserDetails })
  @ApiProblems('not_found', 'validation_failed')
  async update(
    @Param('id') id: string,
    @Body() { roles, metadata }: UpdateUserRequest,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<UserDetails> {
    const change = { roles: roles ?? undefined, metadata: metadata ?? undefined };
    await this.admin.updateUser(await this.existing(id), change, { requestId });
    return toUserDetails(await this.existing(id));
  }

  @Get('users/:id/sessions')
  @UserParam()
  @ApiOperation({ operationId: 'listUserSessions', summary: 'List the live sessions of a user' })
  @ApiOkResponse({ type: SessionsResponse })
  @ApiProblems('not_found')
  async list(@Param('id') id: string): Promise<SessionsResponse> {
    return toListing(await this.admin.listSessions(await this.existing(id)));
  }

  @Delete('users/:id/sessions')
  @UserParam()
  @ApiOperation({ operationId: 'endUserSessions', summary: 'End all sessions of a user' })
  @ApiOkResponse({ type: RevokedResponse })
  @ApiProblems('not_found')
  async endAll(
    @Param('id') id: string,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<RevokedResponse> {
    return { revoked: await this.admin.endSessions(await this.existing(id), { requestId }) };
  }

  @Delete('users/:id/sessions/:session')
  @HttpCode(204)
  @UserParam()
  @ApiParam({ name: 'session', format: 'uuid' })
  @ApiOperation({ operationId: 'endUserSession', summary: 'End one session of a user' })
  @ApiNoContentResponse({ description: 'The session has ended on every instance.' })
  @ApiProblems('not_found')
  async end(
    @Param('id') id: string,
    @Param('session') session: string,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<void> {
    const user = await this.existing(id);
    if (!isUUID(session) || !(await this.admin.endSession(user, session, { requestId })))
      throw new Problem('not_found');
  }

  @Get('users/:id/events')
  @UserParam()
  @ApiOperation({
    operationId: 'listUserEvents',
    summary: 'List the security events of a user, newest first',
  })
  @ApiOkResponse({ type: EventListResponse })
  @ApiProblems('not_found', 'validation_failed')
  async listEvents(
    @Param('id') id: string,
    @Query() query: EventsQuery,
  ): Promise<EventListResponse> {
    return this.admin.listEvents(await this.existing(id), query);
  }

  @Post('users/:id/password-reset')
  @HttpCode(202)
  @UserParam()
  @ApiOperation({
    operationId: 'resetUserPassword',
    summary: 'Mail a user a link to set a new password',
    description: 'The old password and all sessions stay until the user has set a new one.',
  })
  @ApiAcceptedResponse({ description: 'The user gets a mail.' })
  @ApiProblems('not_found', 'conflict', 'mail_not_configured')
  async resetPassword(@Param('id') id: string): Promise<void> {
    const user = await this.existing(id);
    if (user.deactivatedAt) throw new Problem('conflict');
    await this.admin.mailPasswordReset(user);
  }

  @Put('users/:id/deactivation')
  @UserParam()
  @ApiOperation({
    operationId: 'deactivateUser',
    summary: 'Deactivate a user, who then cannot sign in, and end all their sessions',
  })
  @ApiOkResponse({ type: RevokedResponse })
  @ApiProblems('not_found')
  async deactivate(
    @Param('id') id: string,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<RevokedResponse> {
    return { revoked: await this.admin.deactivate(await this.existing(id), { requestId }) };
  }

  @Delete('users/:id/deactivation')
  @HttpCode(204)
  @UserParam()
  @ApiOperation({ operationId: 'reactivateUser', summary: 'Allow a user to sign in again' })
  @ApiNoContentResponse({
    description: 'The user may sign in. Sessions that were ended stay ended.',
  })
  @ApiProblems('not_found')
  async reactivate(@Param('id') id: string, @Req() { id: requestId }: HttpRequest): Promise<void> {
    await this.admin.reactivate(await this.existing(id), { requestId });
  }

  @Delete('users/:id')
  @UserParam()
  @ApiOperation({
    operationId: 'deleteUser',
    summary: 'Delete the account of a user, and everything that is kept about them',
    description: 'It cannot be undone. The address gets a last mail.',
  })
  @ApiOkResponse({ type: RevokedResponse })
  @ApiProblems('not_found', 'conflict')
  async deleteUser(
    @Param('id') id: string,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<RevokedResponse> {
    return { revoked: await this.admin.deleteUser(await this.existing(id), { requestId }) };
  }

  @Delete('sessions')
  @ApiOperation({
    operationId: 'endSessionsBegunBefore',
    summary: 'End all sessions of all users that began before an instant',
    description:
      'It works in steps, may take minutes, and continues if you disconnect. It may be repeated.',
  })
  @ApiOkResponse({ type: RevokedResponse })
  @ApiProblems('validation_failed')
  async endBegunBefore(
    @Query() { before }: BeforeQuery,
    @Req() { id: requestId }: HttpRequest,
  ): Promise<RevokedResponse> {
    return { revoked: await this.admin.endSessionsBegunBefore(new Date(before), { requestId }) };
  }

  @Get('revocations')
  @ApiOperation({
    operationId: 'getRevocationStatus',
    summary: 'Show the state of the revocation feed',
  })
  @ApiOkResponse({ type: RevocationStatus })
  async revocations(): Promise<RevocationStatus> {
    return toRevocationStatus(await this.admin.reportRevocations());
  }

  /** Only by id: a path must not contain addresses, since proxies log paths. */
  private async existing(id: string): Promise<User> {
    const user = isUUID(id) ? await this.admin.findUser(id) : null;
    if (!user) throw new Problem('not_found');
    return user;
  }
}
