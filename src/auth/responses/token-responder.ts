import { Injectable } from '@nestjs/common';
import type { TokenType } from '#protocol';
import type { HttpReply } from '../../platform/http/index.js';
import { toUserResponse } from '../../users/index.js';
import type { LiveSession } from '../../sessions/index.js';
import type { TokenResponse } from '../auth.dto.js';
import { HookedSessions, type ClaimedGrant } from '../hooks/hooked-sessions.js';
import { RefreshCookie } from '../refresh-cookie/refresh-cookie.js';
import type { RenewedSession } from '../renewal/renewal.service.js';
import { TokenService } from '../tokens/token.service.js';

/** Makes token responses. */
@Injectable()
export class TokenResponder {
  constructor(
    private readonly tokens: TokenService,
    private readonly cookie: RefreshCookie,
    private readonly hooked: HookedSessions,
  ) {}

  /**
   * The response body for a grant. The refresh token is in the body or in the cookie, by the transport
   * that the session began with. Without claims, it asks the hooks of a team for them.
   */
  async respond(grant: ClaimedGrant, reply: HttpReply): Promise<TokenResponse> {
    if (grant.claims || !this.hooked.areHooked) return this.respondNow(grant, reply);
    const { id: sessionId, user } = grant.session;
    const claims = await this.hooked.claimsOf({ sessionId, userId: user.id });
    return this.respondNow({ ...grant, claims }, reply);
  }

  /** As `respond`, for a grant that has its claims, if there are any. */
  respondNow(grant: ClaimedGrant, reply: HttpReply): TokenResponse {
    const { session, claims } = grant;
    const { access, refresh } = this.tokens.issue(grant, claims);
    const isCookie = session.transport === 'cookie';
    if (refresh && isCookie) this.cookie.set(reply, session, refresh);
    return {
      access_token: access.token,
      ...(refresh && !isCookie && { refresh_token: refresh.token }),
      token_type: tokenTypeOf(session),
      expires_in: access.expiresInSeconds,
      ...(refresh && { refresh_expires_in: refresh.expiresInSeconds }),
      session_id: session.id,
      user: toUserResponse(session.user),
    };
  }

  /** The response body for a client that has only an access token. */
  respondRenewed({ session, access }: RenewedSession): TokenResponse {
    return {
      access_token: access.token,
      token_type: tokenTypeOf(session),
      expires_in: access.expiresInSeconds,
      session_id: session.id,
      user: toUserResponse(session.user),
    };
  }
}

function tokenTypeOf({ keyThumbprint }: LiveSession): TokenType {
  return keyThumbprint ? 'DPoP' : 'bearer';
}
