import { Body, Get, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import { HEADERS, type LowerCaseHeaderName, REFRESH_OUTCOMES } from '#protocol';
import {
  CurrentSession,
  CurrentUser,
  NoRenewal,
  OwnController,
  type Principal,
  Public,
} from '../platform/caller/index.js';
import { Clock } from '../platform/clock/index.js';
import { Config } from '../platform/config/index.js';
import { ApiProblems, openEnum } from '../platform/documentation/index.js';
import { Problem } from '../platform/errors/index.js';
import type { HttpReply, HttpRequest } from '../platform/http/index.js';
import { SessionsService, type SessionClient } from '../sessions/index.js';
import {
  AcceptsAnyToken,
  AcceptsDeviceId,
  AcceptsRequestedWith,
  NAMES_NEW_KEY,
  SETS_REFRESH_COOKIE,
} from './auth.documentation.js';
import { grantOrProblem } from './responses/refresh-response.js';
import { TokenResponder } from './responses/token-responder.js';
import {
  ChangePasswordRequest,
  LoginRequest,
  LogoutAllResponse,
  LOGOUT_EXAMPLES,
  LogoutRequest,
  RefreshRequest,
  RegisterRequest,
  TokenResponse,
  VerifyResponse,
} from './auth.dto.js';
import { AuthService } from './auth.service.js';
import { KeyProofs } from './bound-sessions/key-proofs.js';
import {
  AcceptsProof,
  PROOF_REQUIRED_AT_SIGN_IN,
  RequireProof,
} from './bound-sessions/require-proof.decorator.js';
import { Client, clientOf } from './client-info/client.decorator.js';
import { AnyTokenGuard } from './guards/any-token.guard.js';
import { HookedSessions } from './hooks/hooked-sessions.js';
import { LimitLogins } from './limits/login-limits.js';
import { LimitedRefreshGuard } from './limits/refresh-limits.js';
import { requireOwnPage } from './refresh-cookie/csrf.js';
import { RenewalService } from './renewal/renewal.service.js';
import type { AccessToken, RefreshToken } from './tokens/claims.js';
import { secondsLeft } from './tokens/expiry.js';

/** The session of the request's access token; `expiresAt` is the token's, in epoch seconds. */
interface TokenSession {
  readonly id: string;
  readonly epoch: number;
  readonly expiresAt: number;
}

/**
 * Sign in, refresh, sign out.
 *
 * The two most used routes, `refresh` and `verify`, read the request themselves: the value of each
 * parameter decorator passes through the global pipe, which costs a promise.
 */
@ApiTags('Auth')
@OwnController('api/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly sessions: SessionsService,
    private readonly hooked: HookedSessions,
    private readonly responder: TokenResponder,
    private readonly renewals: RenewalService,
    private readonly keyProofs: KeyProofs,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  @Public()
  @LimitLogins()
  @Post('register')
  @AcceptsDeviceId()
  @AcceptsRequestedWith()
  @AcceptsProof()
  @ApiOperation({ operationId: 'register', summary: 'Create an account and sign in' })
  @ApiCreatedResponse({ type: TokenResponse, headers: SETS_REFRESH_COOKIE })
  @ApiProblems(
    PROOF_REQUIRED_AT_SIGN_IN,
    'proof_invalid',
    'csrf_failed',
    'validation_failed',
    'password_unacceptable',
    'email_taken',
    'rate_limited',
    'service_unavailable',
  )
  async register(
    @Body() { email, password, first_name, last_name, transport }: RegisterRequest,
    @Client() client: SessionClient,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<TokenResponse> {
    if (transport === 'cookie') requireOwnPage(request, this.config);
    const keyThumbprint = this.keyProofs.keyOfSignIn(request);
    const person = { email, password, firstName: first_name ?? null, lastName: last_name ?? null };
    const options = { transport: transport ?? undefined, keyThumbprint };
    return this.responder.respond(await this.auth.register(person, options, client), reply);
  }

  @Public()
  @LimitLogins()
  @Post('login')
  @HttpCode(200)
  @AcceptsDeviceId()
  @AcceptsRequestedWith()
  @AcceptsProof()
  @ApiOperation({
    operationId: 'login',
    summary: 'Sign in',
    description:
      'The response is the same for an unknown address and for a wrong password. ' +
      'A proof in the header `DPoP` binds the session to its key: `token_type` is `DPoP` then.',
  })
  @ApiOkResponse({ type: TokenResponse, headers: SETS_REFRESH_COOKIE })
  @ApiProblems(
    'invalid_credentials',
    PROOF_REQUIRED_AT_SIGN_IN,
    'proof_invalid',
    'csrf_failed',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async login(
    @Body() { email, password, remember_me, transport }: LoginRequest,
    @Client() client: SessionClient,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<TokenResponse> {
    if (transport === 'cookie') requireOwnPage(request, this.config);
    const keyThumbprint = this.keyProofs.keyOfSignIn(request);
    const options = {
      rememberMe: remember_me ?? undefined,
      transport: transport ?? undefined,
      keyThumbprint,
    };
    return this.responder.respond(
      await this.auth.login({ email, password }, options, client),
      reply,
    );
  }

  @Public()
  @UseGuards(LimitedRefreshGuard)
  @Post('refresh')
  @HttpCode(200)
  @AcceptsAnyToken()
  @AcceptsDeviceId()
  @AcceptsRequestedWith()
  @AcceptsProof()
  @ApiBody({ type: RefreshRequest, required: false })
  @ApiOperation({
    operationId: 'refresh',
    summary: 'Exchange a refresh token for the next one',
    description:
      'Safe to repeat: a client that did not get the response presents the same token again, and ' +
      'gets a successor. A client that has only an access token gets a renewed one. ' +
      '`X-Refresh-Outcome` says which case it was.',
  })
  @ApiOkResponse({
    type: TokenResponse,
    headers: {
      ...SETS_REFRESH_COOKIE,
      [HEADERS.refreshOutcome]: {
        description: 'How the tokens came about. Later versions may add more.',
        required: true,
        schema: openEnum('RefreshOutcome', REFRESH_OUTCOMES),
      },
    },
  })
  @ApiProblems(
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_expired',
    'session_revoked',
    'refresh_reuse_detected',
    'cookies_ambiguous',
    'reauthentication_required',
    'proof_required',
    'proof_invalid',
    'csrf_failed',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async refresh(
    @Body() _body: RefreshRequest,
    @Req() request: HttpRequest,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<TokenResponse> {
    const token = request.user as AccessToken | RefreshToken;
    const { outcome, response } =
      token.kind === 'access'
        ? await this.renew(token)
        : await this.rotate(token, clientOf(request), reply);
    request.evergreen.refreshOutcome = outcome;
    reply.header('x-refresh-outcome' satisfies LowerCaseHeaderName, outcome);
    return response;
  }

  @Public()
  @UseGuards(AnyTokenGuard)
  @NoRenewal()
  @Post('logout')
  @HttpCode(204)
  @AcceptsAnyToken()
  @AcceptsRequestedWith()
  @AcceptsProof()
  @ApiBody({ type: LogoutRequest, required: false, examples: LOGOUT_EXAMPLES })
  @ApiOperation({
    operationId: 'logout',
    summary: 'End this session',
    description:
      'By any genuine, unexpired token of the session: access or refresh, even a superseded one; of a bound session with a proof of its key. Ending it twice is not an error. With `session_id`, a token of another session ends nothing: a page that ends a session late does not know whose cookie the browser has by then.',
  })
  @ApiNoContentResponse({ description: 'The session has ended on every instance.' })
  @ApiProblems(
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_expired',
    'cookies_ambiguous',
    'proof_required',
    'proof_invalid',
    'csrf_failed',
    'validation_failed',
    'service_unavailable',
  )
  async logout(
    @Body() { session_id }: LogoutRequest,
    @Client() client: SessionClient,
    @Req() request: HttpRequest,
  ): Promise<void> {
    const { sessionId, epoch } = request.user as Principal;
    if (session_id && session_id.toLowerCase() !== sessionId) return;
    const ended = await this.sessions.endByToken(sessionId, epoch, client);
    request.evergreen.signOut = ended;
  }

  @NoRenewal()
  @Post('logout-all')
  @HttpCode(200)
  @ApiOperation({ operationId: 'logoutAll', summary: 'End all my sessions, this one included' })
  @ApiOkResponse({ type: LogoutAllResponse })
  async logoutAll(
    @CurrentUser() user: { id: string },
    @CurrentSession() session: TokenSession,
    @Client() client: SessionClient,
    @Req() request: HttpRequest,
  ): Promise<LogoutAllResponse> {
    const ended = await this.auth.logoutAll({ userId: user.id, sessionId: session.id }, client);
    const hadCookie = ended.some((one) => one.sessionId === session.id && one.hadCookie);
    request.evergreen.signOut = { hadCookie };
    return { revoked: ended.length };
  }

  @Get('verify')
  @ApiOperation({ operationId: 'verify', summary: 'Check an access token' })
  @ApiOkResponse({ type: VerifyResponse })
  verify(@Req() request: HttpRequest): VerifyResponse {
    const principal = request.user as Principal;
    const { userId, sessionId } = principal;
    const expires_in = secondsLeft(principal, this.clock.nowMs());
    return { valid: true, user: { id: userId }, session_id: sessionId, expires_in };
  }

  @NoRenewal()
  @LimitLogins()
  @Post('change-password')
  @HttpCode(200)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'changePassword',
    summary: 'Change my password',
    description:
      'Returns new tokens for this session. Its older tokens are void, and all other sessions end. A user who has no password sets the first one. ' +
      NAMES_NEW_KEY,
  })
  @ApiOkResponse({ type: TokenResponse, headers: SETS_REFRESH_COOKIE })
  @ApiProblems(
    'current_password_invalid',
    'proof_required',
    'proof_invalid',
    'reauthentication_required',
    'password_unacceptable',
    'validation_failed',
    'rate_limited',
  )
  // Below the problems, whose decorator replaces those that this one documents.
  @RequireProof()
  async changePassword(
    @Body() { current_password, new_password }: ChangePasswordRequest,
    @Req() request: HttpRequest,
    @Client() client: SessionClient,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<TokenResponse> {
    const token = request.user as AccessToken;
    const change = {
      token,
      currentPassword: current_password,
      newPassword: new_password,
      newKeyThumbprint: this.keyProofs.newKeyOf(request, token),
    };
    return this.responder.respond(await this.auth.changePassword(change, client), reply);
  }

  @Public()
  @Get('test-token-expiration')
  @ApiOperation({
    operationId: 'testTokenExpiration',
    summary: 'Respond as if the access token had expired',
    description: 'For client developers. Not available in production.',
  })
  @ApiProblems('token_expired', 'not_found')
  testTokenExpiration(): never {
    throw new Problem(this.config.environment === 'production' ? 'not_found' : 'token_expired');
  }

  private async rotate(token: RefreshToken, client: SessionClient, reply: HttpReply) {
    const { grant, outcome } = grantOrProblem(await this.hooked.refresh(token, client));
    return { outcome, response: this.responder.respondNow(grant, reply) };
  }

  private async renew(token: AccessToken) {
    const renewed = await this.renewals.exchange(token);
    return { outcome: 'renewed', response: this.responder.respondRenewed(renewed) };
  }
}
