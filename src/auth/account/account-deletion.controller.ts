import { Body, HttpCode, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentSession,
  CurrentUser,
  NoRenewal,
  OwnController,
} from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { AcceptsDeviceId } from '../auth.documentation.js';
import { Client } from '../client-info/client.decorator.js';
import { LimitAttempts, LimitLogins } from '../limits/login-limits.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { DeleteAccountRequest } from './account.dto.js';

/**
 * A user's own account, and its end. By POST: a DELETE has no body that every program between client
 * and server would let pass (RFC 9110, section 9.3.5), and below `/api/auth` browsers send the
 * refresh cookie, which is cleared.
 */
@ApiTags('Auth')
@OwnController('api/auth')
export class AccountDeletionController {
  constructor(private readonly deletions: AccountDeletionService) {}

  @LimitAttempts()
  @Post('send-deletion-code')
  @HttpCode(202)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'sendDeletionCode',
    summary: 'Mail a code with which I can delete my account',
    description: 'For a user who has no password; `conflict` for everybody else.',
  })
  @ApiAcceptedResponse({ description: 'The mail will be sent.' })
  @ApiProblems('conflict', 'rate_limited', 'mail_not_configured')
  async sendCode(
    @CurrentUser() { id }: { id: string },
    @Client() client: SessionClient,
  ): Promise<void> {
    await this.deletions.sendCode(id, client);
  }

  @NoRenewal()
  @LimitLogins()
  @Post('delete-account')
  @HttpCode(204)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'deleteAccount',
    summary: 'Delete my account',
    description:
      'With `current_password`; or, for a user who has none, with a mailed `code`. All sessions end, and everything that is kept about the user is deleted. It cannot be undone.',
  })
  @ApiNoContentResponse({ description: 'The account is gone. Its address gets a last mail.' })
  @ApiProblems('current_password_invalid', 'code_invalid', 'validation_failed', 'rate_limited')
  async delete(
    @Body() { current_password, code }: DeleteAccountRequest,
    @CurrentUser() { id: userId }: { id: string },
    @CurrentSession() { id: sessionId }: { id: string },
    @Client() client: SessionClient,
    @Req() request: HttpRequest,
  ): Promise<void> {
    const proof = { currentPassword: current_password ?? undefined, code: code ?? undefined };
    if (proof.currentPassword === undefined && proof.code === undefined) throw isWithoutProof();
    const ended = await this.deletions.deleteOwn({ userId, sessionId, ...proof }, client);
    const hadCookie = ended.some((one) => one.sessionId === sessionId && one.hadCookie);
    request.evergreen.signOut = { hadCookie };
  }
}

function isWithoutProof(): Problem {
  const field = 'current_password';
  const fieldErrors = [{ field, message: `${field} or code is missing` }];
  return new Problem('validation_failed', { fieldErrors });
}
