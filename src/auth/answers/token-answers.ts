import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { SessionGrant } from '../../sessions/index.js';
import { toUserResponse } from '../../users/index.js';
import type { TokenResponse } from '../auth.dto.js';
import { RefreshCookie } from '../refresh-cookie/refresh-cookie.js';
import type { RenewedSession } from '../renewal/renewal.service.js';
import { TokenService } from '../tokens/token.service.js';

/** Hands a client its tokens. */
@Injectable()
export class TokenAnswers {
  constructor(
    private readonly tokens: TokenService,
    private readonly cookie: RefreshCookie,
  ) {}

  /**
   * The body of the answer to a grant. The refresh token is in it, or in the cookie, as the session
   * has chosen once and for all.
   */
  answer(grant: SessionGrant, reply: FastifyReply): TokenResponse {
    const { session } = grant;
    const { access, refresh } = this.tokens.issue(grant);
    const isCookie = session.transport === 'cookie';
    if (refresh && isCookie) this.cookie.set(reply, session, refresh);
    return {
      access_token: access.token,
      ...(refresh && !isCookie && { refresh_token: refresh.token }),
      token_type: 'bearer',
      expires_in: access.expiresInSeconds,
      ...(refresh && { refresh_expires_in: refresh.expiresInSeconds }),
      session_id: session.id,
      user: toUserResponse(session.user),
    };
  }

  /** The body of the answer to a client that has nothing but an access token. */
  answerRenewed({ session, access }: RenewedSession): TokenResponse {
    return {
      access_token: access.token,
      token_type: 'bearer',
      expires_in: access.expiresInSeconds,
      session_id: session.id,
      user: toUserResponse(session.user),
    };
  }
}
