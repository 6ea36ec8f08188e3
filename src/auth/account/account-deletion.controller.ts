import { Body, HttpCode, Post, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { NoRenewal, OwnController } from '../../platform/caller/index.js';
import { ApiProblems } from '../../platform/documentation/index.js';
import type { HttpRequest } from '../../platform/http/index.js';
import type { SessionClient } from '../../sessions/index.js';
import { AcceptsDeviceId } from '../auth.documentation.js';
import { Client } from '../client-info/client.decorator.js';
import { LimitLogins } from '../limits/login-limits.js';
import type { AccessToken } from '../tokens/claims.js';
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

  @NoRenewal()
  @LimitLogins()
  @Post('delete-account')
  @HttpCode(204)
  @AcceptsDeviceId()
  @ApiOperation({
    operationId: 'deleteAccount',
    summary: 'Delete my account',
    description:
      'All sessions end, and everything that is kept about the user is deleted. It cannot be undone.',
  })
  @ApiNoContentResponse({ description: 'The account is gone. Its address gets a last mail.' })
  @ApiProblems(
    'current_password_invalid',
    'reauthentication_required',
    'validation_failed',
    'rate_limited',
  )
  async delete(
    @Body() { current_password }: DeleteAccountRequest,
    @Req() request: HttpRequest,
    @Client() client: SessionClient,
  ): Promise<void> {
    const token = request.user as AccessToken;
    const ended = await this.deletions.deleteOwn(token, current_password, client);
    const hadCookie = ended.some(
      ({ sessionId, hadCookie }) => sessionId === token.sessionId && hadCookie,
    );
    request.evergreen.signOut = { hadCookie };
  }
}
