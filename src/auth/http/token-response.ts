import { toUserResponse } from '../../users/index.js';
import type { SessionGrant } from '../../sessions/index.js';
import type { TokenPair } from '../tokens/token.service.js';
import type { TokenResponse } from './auth.dto.js';

/** What a client is handed after signing in, refreshing or changing its password. */
export function toTokenResponse({ session }: SessionGrant, { access, refresh }: TokenPair): TokenResponse {
  return {
    access_token: access.token,
    ...(refresh && { refresh_token: refresh.token }),
    token_type: 'bearer',
    expires_in: access.expiresInSeconds,
    ...(refresh && { refresh_expires_in: refresh.expiresInSeconds }),
    session_id: session.id,
    user: toUserResponse(session.user),
  };
}
