import { Body, HttpCode, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoRenewal, OwnController, type Principal, Public } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpReply, HttpRequest } from '../../platform/http/index.js';
import type { SessionClient } from '../../sessions/index.js';
import {
  AcceptsAnyToken,
  AcceptsDeviceId,
  AcceptsRequestedWith,
  NAMES_NEW_KEY,
  SETS_REFRESH_COOKIE,
} from '../auth.documentation.js';
import { ReauthenticateRequest, TokenResponse } from '../auth.dto.js';
import { KeyProofs } from '../bound-sessions/key-proofs.js';
import { AcceptsProof } from '../bound-sessions/require-proof.decorator.js';
import { Client } from '../client-info/client.decorator.js';
import { AnyTokenGuard } from '../guards/any-token.guard.js';
import { LimitLogins } from '../limits/login-limits.js';
import { TokenResponder } from '../responses/token-responder.js';
import { ReauthenticationService, type PresentedProof } from './reauthentication.service.js';

/** Proves again who the user of a session is. */
@ApiTags('Auth')
@OwnController('api/auth')
export class ReauthenticationController {
  constructor(
    private readonly reauthentication: ReauthenticationService,
    private readonly responder: TokenResponder,
    private readonly keyProofs: KeyProofs,
  ) {}

  /**
   * The token only says which session it is; the proof is what counts. So a token of an older epoch
   * will do, for a client that did not receive the response.
   */
  @Public()
  @LimitLogins()
  @UseGuards(AnyTokenGuard)
  @NoRenewal()
  @Post('reauthenticate')
  @HttpCode(200)
  @AcceptsAnyToken()
  @AcceptsDeviceId()
  @AcceptsRequestedWith()
  @AcceptsProof()
  @ApiOperation({
    operationId: 'reauthenticate',
    summary: 'Prove again who I am',
    description:
      'By `current_password`, or by `proof` and `response`. Returns new tokens for this session, whose older tokens are void; other sessions continue. ' +
      'Safe to repeat: a client that did not get the response proves it again, with the tokens that it has. ' +
      NAMES_NEW_KEY,
  })
  @ApiOkResponse({ type: TokenResponse, headers: SETS_REFRESH_COOKIE })
  @ApiProblems(
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_expired',
    'session_revoked',
    'cookies_ambiguous',
    'proof_required',
    'proof_invalid',
    'csrf_failed',
    'current_password_invalid',
    'reauthentication_failed',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async reauthenticate(
    @Body() body: ReauthenticateRequest,
    @Req() request: HttpRequest,
    @Client() client: SessionClient,
    @Res({ passthrough: true }) reply: HttpReply,
  ): Promise<TokenResponse> {
    const token = request.user as Principal;
    const { userId, sessionId: id, epoch, keyThumbprint } = token;
    const newKeyThumbprint = this.keyProofs.newKeyOf(request, token);
    const session = { id, userId, epoch, keyThumbprint, newKeyThumbprint };
    const grant = await this.reauthentication.reauthenticate(session, presentedIn(body), client);
    return this.responder.respond(grant, reply);
  }
}

/** @throws Problem `validation_failed` if there is no proof, or more than one */
function presentedIn({ current_password, proof, response }: ReauthenticateRequest): PresentedProof {
  const isPassword = typeof current_password === 'string';
  const isOther = typeof proof === 'string';
  if (isPassword && !isOther) return { currentPassword: current_password };
  if (isOther && !isPassword) return { name: proof, response: response ?? '' };
  const message = 'either current_password or proof is needed';
  throw new Problem('validation_failed', { fieldErrors: [{ field: 'current_password', message }] });
}
