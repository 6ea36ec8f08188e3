import { Get, Param, Query, Redirect, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { OwnController, Public } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import type { HttpReply, HttpRequest } from '../../platform/http/index.js';
import { LimitAttempts } from '../limits/login-limits.js';
import { ProviderFlow } from './provider-flow.js';
import { SETS_FLOW_COOKIE, SignInWithQuery } from './providers.dto.js';

interface Redirection {
  readonly url: string;
  readonly statusCode: 302;
}

/** Sign-in by a login provider, for browsers that go there. */
@ApiTags('Auth')
@OwnController('api/auth/with')
export class ProvidersController {
  constructor(private readonly flow: ProviderFlow) {}

  @Public()
  @LimitAttempts()
  @Get(':name')
  @Redirect()
  @ApiOperation({
    operationId: 'signInWith',
    summary: 'Sign in with a login provider',
    description:
      'For navigation, not for `fetch`: redirects the browser to the provider. Afterwards it is at `return_to`, with the refresh token in the cookie; or with `#error=` and a code.',
  })
  @ApiParam({ name: 'name', description: 'Of the provider.', example: 'oidc' })
  @ApiResponse({ status: 302, description: 'To the provider.', headers: SETS_FLOW_COOKIE })
  @ApiProblems(
    'not_found',
    'validation_failed',
    'rate_limited',
    'provider_failed',
    'service_unavailable',
  )
  async begin(
    @Param('name') name: string,
    @Query() { return_to, remember_me }: SignInWithQuery,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<Redirection> {
    const rememberMe = remember_me === undefined ? undefined : remember_me === 'true';
    const flow = { returnTo: return_to, rememberMe };
    return { url: await this.flow.begin(name, flow, request, reply), statusCode: 302 };
  }

  @Public()
  @LimitAttempts()
  @Get(':name/callback')
  @Redirect()
  @ApiOperation({
    operationId: 'completeSignInWith',
    summary: 'Return from a login provider',
    description: 'The redirect URI for the provider. Works once, in the browser that has begun.',
  })
  @ApiParam({ name: 'name', description: 'Of the provider.', example: 'oidc' })
  @ApiResponse({ status: 302, description: 'To the page that has asked for it.' })
  @ApiProblems(
    'sign_in_state_invalid',
    'not_found',
    'rate_limited',
    'provider_failed',
    'service_unavailable',
  )
  async complete(
    @Param('name') name: string,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<Redirection> {
    return { url: await this.flow.end(name, request, reply), statusCode: 302 };
  }
}
