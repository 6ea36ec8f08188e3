import { Body, Delete, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { FRESH_PROOF_SECONDS } from '#protocol';
import {
  CurrentSession,
  CurrentUser,
  NoRenewal,
  OwnController,
} from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import type { HttpReply, HttpRequest } from '../../platform/http/index.js';
import { clientOf } from '../client-info/client.decorator.js';
import { LimitLogins } from '../limits/login-limits.js';
import { Identities } from '../identities/identities.js';
import { FreshProof } from '../step-up/fresh-proof.js';
import { RequireRecentLogin } from '../step-up/recent-login.guard.js';
import type { AccessToken } from '../tokens/claims.js';
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
    private readonly freshProof: FreshProof,
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
    'reauthentication_required',
    'not_found',
    'validation_failed',
    'rate_limited',
    'provider_failed',
    'service_unavailable',
  )
  async link(
    @Body() { provider, current_password, return_to }: LinkIdentityRequest,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<LinkIdentityResponse> {
    const token = request.user as AccessToken;
    await this.freshProof.require(token, current_password, clientOf(request));
    // A change of password begins another epoch, and ends the linking that was begun before it.
    const linkTo = { userId: token.userId, sessionId: token.sessionId, epoch: token.epoch };
    const flow = { returnTo: return_to ?? undefined, linkTo };
    return { location: await this.flow.begin(provider, flow, request, reply) };
  }

  // The token is minutes old, so there is hardly anything to renew.
  @NoRenewal()
  @RequireRecentLogin({ maxAgeSeconds: FRESH_PROOF_SECONDS })
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'unlinkIdentity',
    summary: 'Unlink one of my identities',
    description: 'The user must have proved who they are at most 300 seconds ago.',
  })
  @ApiParam({ name: 'id' })
  @ApiNoContentResponse({ description: 'Nobody can sign in by it any more.' })
  @ApiProblems('reauthentication_required', 'not_found', 'last_sign_in_method')
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
}
