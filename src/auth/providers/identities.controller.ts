import { Body, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentSession, CurrentUser, OwnController } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { HttpReply, HttpRequest } from '../../platform/http/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { PasswordHasher, UsersService } from '../../users/index.js';
import { clientOf } from '../client-info/client.decorator.js';
import { LimitLogins } from '../limits/login-limits.js';
import { Identities } from '../identities/identities.js';
import { ProviderFlow } from './provider-flow.js';
import {
  IdentityListResponse,
  LinkIdentityRequest,
  LinkIdentityResponse,
  SETS_FLOW_COOKIE,
  toIdentityResponse,
} from './providers.dto.js';

/** My identities of login providers. */
@ApiTags('Auth')
@OwnController('api/auth/identities')
export class IdentitiesController {
  constructor(
    private readonly identities: Identities,
    private readonly flow: ProviderFlow,
    private readonly users: UsersService,
    private readonly passwords: PasswordHasher,
    private readonly events: SecurityEvents,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listIdentities', summary: 'List my identities' })
  @ApiOkResponse({ type: IdentityListResponse })
  async list(@CurrentUser() user: { id: string }): Promise<IdentityListResponse> {
    return { identities: (await this.identities.list(user.id)).map(toIdentityResponse) };
  }

  @LimitLogins()
  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'linkIdentity',
    summary: 'Begin to link an identity',
    description:
      'Sets a cookie for ten minutes, so `fetch` it with `credentials`. Then send the browser to `location`. Afterwards it is at `return_to`; or with `#error=` and a code.',
  })
  @ApiOkResponse({ type: LinkIdentityResponse, headers: SETS_FLOW_COOKIE })
  @ApiProblems(
    'current_password_invalid',
    'not_found',
    'validation_failed',
    'rate_limited',
    'provider_failed',
    'service_unavailable',
  )
  async link(
    @Body() { provider, current_password, return_to }: LinkIdentityRequest,
    @CurrentUser() user: { id: string },
    @CurrentSession() session: { id: string; epoch: number },
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<LinkIdentityResponse> {
    const linkTo = { userId: user.id, sessionId: session.id, epoch: session.epoch };
    await this.requirePassword(current_password, linkTo, clientOf(request));
    const flow = { returnTo: return_to ?? undefined, linkTo };
    return { location: await this.flow.begin(provider, flow, request, reply) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'unlinkIdentity', summary: 'Unlink one of my identities' })
  @ApiParam({ name: 'id' })
  @ApiNoContentResponse({ description: 'Nobody can sign in by it any more.' })
  @ApiProblems('not_found', 'last_sign_in_method')
  async unlink(
    @Param('id') id: string,
    @CurrentUser() { id: userId }: { id: string },
    @CurrentSession() session: { id: string },
    @Req() { client }: HttpRequest,
  ): Promise<void> {
    const { issuer } = await this.identities.unlink(userId, id);
    const details = { issuer };
    await this.events.emit('identity_unlinked', {
      userId,
      sessionId: session.id,
      client,
      details,
    });
  }

  private async requirePassword(
    password: string,
    { userId, sessionId }: { userId: string; sessionId: string },
    client: SessionClient,
  ): Promise<void> {
    const user = await this.users.findById(userId);
    if (await this.passwords.verify(password, user?.passwordHash, client.ip)) return;
    await this.events.emit('password_change_failed', { userId, sessionId, client });
    throw new Problem('current_password_invalid');
  }
}
