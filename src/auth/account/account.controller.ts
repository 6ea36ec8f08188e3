import { Body, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiNoContentResponse,
  ApiOperation,
  ApiSecurity,
  ApiTags,
} from '@nestjs/swagger';
import { CurrentUser, OwnController, Public } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import { Problem } from '../../platform/errors/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { AcceptsDeviceId } from '../auth.documentation.js';
import { Client } from '../client-info/client.decorator.js';
import { LimitAttempts, LimitLogins } from '../limits/login-limits.js';
import type { AccessToken } from '../tokens/claims.js';
import {
  ChangeEmailRequest,
  ForgotPasswordRequest,
  ResetPasswordRequest,
  UndoEmailChangeRequest,
  VerifyEmailRequest,
} from './account.dto.js';
import { AddressChangeService } from './address-change.service.js';
import { AddressProofService } from './address-proof.service.js';
import { OptionalAccessGuard } from './optional-access.guard.js';
import { PasswordResetService } from './password-reset.service.js';

/**
 * Lost passwords and addresses, by mail. All by POST: programs that check mails open every link, so
 * nothing may happen by a GET.
 */
@ApiTags('Auth')
@OwnController('api/auth')
export class AccountController {
  constructor(
    private readonly passwordResets: PasswordResetService,
    private readonly addressProofs: AddressProofService,
    private readonly addressChanges: AddressChangeService,
  ) {}

  @Public()
  @LimitAttempts()
  @Post('forgot-password')
  @HttpCode(202)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'forgotPassword',
    summary: 'Mail a link to set a new password',
    description: 'The response and its time are the same for an unknown address.',
  })
  @ApiAcceptedResponse({ description: 'If the address has an account, it gets a mail.' })
  @ApiProblems('validation_failed', 'rate_limited', 'mail_not_configured', 'service_unavailable')
  forgotPassword(@Body() { email }: ForgotPasswordRequest, @Client() client: SessionClient): void {
    this.passwordResets.forgotPassword(email, client);
  }

  @Public()
  @LimitLogins()
  @Post('reset-password')
  @HttpCode(204)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'resetPassword',
    summary: 'Set a new password, by a mailed link or code',
    description:
      'By `token`, or by `email` and `code`. All sessions of the user end, and the address counts as verified.',
  })
  @ApiNoContentResponse({ description: 'The password was set. Sign in with it.' })
  @ApiProblems(
    'link_invalid',
    'code_invalid',
    'password_unacceptable',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async resetPassword(
    @Body() { token, email, code, new_password }: ResetPasswordRequest,
    @Client() client: SessionClient,
  ): Promise<void> {
    const reset = {
      token: token ?? undefined,
      email: email ?? undefined,
      code: code ?? undefined,
      newPassword: new_password,
    };
    if (reset.token === undefined) requireBoth(reset);
    await this.passwordResets.resetPassword(reset, client);
  }

  @Public()
  @LimitLogins()
  @UseGuards(OptionalAccessGuard)
  @Post('verify-email')
  @HttpCode(204)
  @AcceptsDeviceId()
  @ApiSecurity('bearer')
  @ApiOperation({
    operationId: 'verifyEmail',
    summary: 'Prove an address, by a mailed link or code',
    description:
      'By `token`, with which no access token is needed, or by the `code` of the user who is signed in. In a browser that neither asked for the mail nor is signed in, `token` needs its `code`; then it is not known that the same person has registered, so the password is removed, all sessions end, and a link to set a password is mailed.',
  })
  @ApiNoContentResponse({ description: 'The address is verified.' })
  @ApiProblems(
    'link_invalid',
    'code_invalid',
    'token_missing',
    'token_invalid',
    'token_expired',
    'session_revoked',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async verifyEmail(
    @Body() { token, code }: VerifyEmailRequest,
    @Client() client: SessionClient,
    @Req() { user }: HttpRequest,
  ): Promise<void> {
    const presented = { token: token ?? undefined, code: code ?? undefined };
    if (presented.token === undefined && presented.code === undefined) throw isMissing('token');
    await this.addressProofs.verifyEmail(presented, { client, userId: user?.userId });
  }

  @LimitAttempts()
  @Post('send-verification')
  @HttpCode(202)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'sendVerification',
    summary: 'Mail a link that proves my address',
    description: 'Nothing is sent if the address is verified.',
  })
  @ApiAcceptedResponse({ description: 'The mail will be sent.' })
  @ApiProblems('rate_limited', 'mail_not_configured')
  async sendVerification(
    @CurrentUser() { id }: { id: string },
    @Client() client: SessionClient,
  ): Promise<void> {
    await this.addressProofs.sendVerification(id, client);
  }

  @LimitLogins()
  @Post('change-email')
  @HttpCode(202)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'changeEmail',
    summary: 'Change my address',
    description:
      'The new address gets a link; the address changes when that is used, in this browser or by this user. The old address, if it is verified, can undo the change for 72 hours. The response is the same if somebody else has the new address.',
  })
  @ApiAcceptedResponse({ description: 'Both addresses get a mail.' })
  @ApiProblems(
    'current_password_invalid',
    'reauthentication_required',
    'validation_failed',
    'rate_limited',
    'mail_not_configured',
  )
  async changeEmail(
    @Body() { new_email, current_password }: ChangeEmailRequest,
    @Req() request: HttpRequest,
    @Client() client: SessionClient,
  ): Promise<void> {
    const change = {
      token: request.user as AccessToken,
      newEmail: new_email,
      currentPassword: current_password,
    };
    await this.addressChanges.changeEmail(change, client);
  }

  @Public()
  @LimitLogins()
  @Post('undo-email-change')
  @HttpCode(204)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'undoEmailChange',
    summary: 'Restore the address from before a change',
    description:
      'By the link in the mail to the old address, for 72 hours. All sessions end, the password is removed, and the restored address gets a link to set a new one.',
  })
  @ApiNoContentResponse({ description: 'The old address is restored.' })
  @ApiProblems(
    'link_invalid',
    'code_invalid',
    'validation_failed',
    'rate_limited',
    'service_unavailable',
  )
  async undoEmailChange(
    @Body() { token, code }: UndoEmailChangeRequest,
    @Client() client: SessionClient,
  ): Promise<void> {
    await this.addressChanges.undoEmailChange({ token, code: code ?? undefined }, { client });
  }
}

function requireBoth({ email, code }: { email?: string | undefined; code?: string | undefined }) {
  if (email === undefined) throw isMissing('token');
  if (code === undefined) throw isMissing('code');
}

function isMissing(field: string): Problem {
  const fieldErrors = [{ field, message: `${field} is missing` }];
  return new Problem('validation_failed', { fieldErrors });
}
