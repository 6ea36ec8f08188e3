/** What a client is told with a code: RFC 9457 members, and what it may do about it. */
export interface ErrorDescription {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  /** The same request may succeed later. */
  readonly retryable?: true;
  /** The client is to forget its tokens: the session is over for good. */
  readonly clearCredentials?: true;
}

/**
 * Every error that the API answers with, by its stable code. Clients and tests rely on the code,
 * never on the words.
 */
export const ERRORS = {
  malformed_json: {
    status: 400,
    title: 'Malformed JSON',
    detail: 'The body is no JSON, or is nested too deep, or has too many members.',
  },
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    detail: 'The URL or a header of this request cannot be parsed.',
  },
  request_refused: {
    status: 400,
    title: 'Request refused',
    detail: 'This request was refused, for a reason that its status tells.',
  },
  cookies_ambiguous: {
    status: 400,
    title: 'Cookies of several sessions',
    detail:
      'The request has refresh cookies of more than one session. Name the one that is meant by its access token, as a bearer token.',
  },

  sign_in_state_invalid: {
    status: 400,
    title: 'Sign-in not begun here',
    detail:
      'This browser has not begun this sign-in, or more than ten minutes ago, or has completed it already. Begin again.',
  },

  token_missing: {
    status: 401,
    title: 'Token missing',
    detail: 'This route needs a token, and the request brought none.',
  },
  token_invalid: {
    status: 401,
    title: 'Token invalid',
    detail: 'The token is none of ours, or not of the kind that is needed here.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    detail: 'This was refused for a reason other than the token.',
  },
  token_expired: {
    status: 401,
    title: 'Access token expired',
    detail: 'Refresh the session, then send the request again.',
  },
  session_expired: {
    status: 401,
    title: 'Session expired',
    detail: 'The refresh token is past its expiry. Sign in again.',
    clearCredentials: true,
  },
  session_revoked: {
    status: 401,
    title: 'Session ended',
    detail: 'This session has been ended. Sign in again.',
    clearCredentials: true,
  },
  refresh_reuse_detected: {
    status: 401,
    title: 'Refresh token reused',
    detail: 'Two parties hold tokens of this session, so it has been ended. Sign in again.',
    clearCredentials: true,
  },
  reauthentication_required: {
    status: 401,
    title: 'Proof required',
    detail:
      'This session goes on when its user proves again who they are, by POST /api/auth/reauthenticate.',
  },
  proof_required: {
    status: 401,
    title: 'Proof of possession required',
    detail:
      'This needs a proof, in the header DPoP, that the client holds the key of its session (RFC 9449).',
  },
  proof_invalid: {
    status: 401,
    title: 'Proof of possession invalid',
    detail:
      'The header DPoP does not prove that the client holds the key of its session. Send a new proof, with the nonce of DPoP-Nonce.',
  },
  invalid_credentials: {
    status: 401,
    title: 'Invalid credentials',
    detail: 'The address or the password is wrong.',
  },

  csrf_failed: {
    status: 403,
    title: 'Cross-site request refused',
    detail:
      'A request that uses the cookie needs the header X-Requested-With and an Origin that is allowed.',
  },
  provider_denied: {
    status: 403,
    title: 'Denied at the provider',
    detail: 'The login provider has signed nobody in: the user, or the provider, has refused.',
  },
  forbidden: { status: 403, title: 'Forbidden', detail: 'You may not do this.' },
  not_found: { status: 404, title: 'Not found', detail: 'There is nothing here.' },
  request_timeout: {
    status: 408,
    title: 'Request timeout',
    detail: 'The request did not arrive in time, so nothing was done. Send it again.',
    retryable: true,
  },
  conflict: { status: 409, title: 'Conflict', detail: 'This contradicts what is there already.' },
  email_taken: {
    status: 409,
    title: 'Address taken',
    detail: 'Somebody has registered with this address already.',
  },
  identity_not_linked: {
    status: 409,
    title: 'Identity not linked',
    detail:
      'Somebody has registered with the address of this identity already. Sign in as before, then link the identity.',
  },
  identity_without_address: {
    status: 409,
    title: 'Identity without address',
    detail: 'The login provider tells no address, so no account can be made for this identity.',
  },
  identity_taken: {
    status: 409,
    title: 'Identity taken',
    detail: 'This identity of the login provider is linked to another user.',
  },
  last_sign_in_method: {
    status: 409,
    title: 'Last way to sign in',
    detail: 'Without it, the user could not sign in any more. Set a password first.',
  },
  payload_too_large: {
    status: 413,
    title: 'Payload too large',
    detail: 'The body is larger than this server accepts.',
  },
  uri_too_long: {
    status: 414,
    title: 'URI too long',
    detail: 'The URL is longer than this server accepts.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the body as application/json.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    detail: 'One or more fields are not acceptable; `errors` names them.',
  },
  password_unacceptable: {
    status: 422,
    title: 'Password unacceptable',
    detail:
      'A password has 8 characters or more, at most 72 bytes in UTF-8, and is not among the common ones.',
  },
  current_password_invalid: {
    status: 422,
    title: 'Current password invalid',
    detail: 'The current password is wrong; nothing was changed.',
  },
  reauthentication_failed: {
    status: 422,
    title: 'Proof refused',
    detail: 'This does not prove who you are; nothing was changed.',
  },
  link_invalid: {
    status: 422,
    title: 'Link invalid',
    detail: 'The link is unknown, has expired or was used already. Ask for another one.',
  },
  code_invalid: {
    status: 422,
    title: 'Code invalid',
    detail:
      'The code is missing or wrong, has expired, was used already, or was tried too often. Without its code, a link works only where it was asked for.',
  },
  rate_limited: {
    status: 429,
    title: 'Too many requests',
    detail:
      'There were too many requests of this kind. Try again after the seconds that `Retry-After` gives.',
    retryable: true,
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    detail: 'The headers are larger than this server accepts.',
  },

  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong here. It has been logged under `request_id`.',
  },
  provider_failed: {
    status: 502,
    title: 'Login provider failed',
    detail: 'The response of the login provider could not be used. It has been logged.',
  },
  mail_not_configured: {
    status: 503,
    title: 'Mail not configured',
    detail: 'This server sends no mail, so this is not available.',
  },
  service_unavailable: {
    status: 503,
    title: 'Service unavailable',
    detail:
      'Something that this server depends on is out of reach. Nothing was changed; try again.',
    retryable: true,
  },
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERRORS;

/** The description of a code, with every member there. */
export function describeError(code: ErrorCode): ErrorDescription {
  return ERRORS[code];
}

/** Refusals with status 401 that say nothing against the token. */
const NOT_ABOUT_A_TOKEN: readonly ErrorCode[] = [
  'token_missing',
  'invalid_credentials',
  'reauthentication_required',
  'unauthorized',
];

/**
 * The header `WWW-Authenticate` that goes with a 401. A request that lacks a token altogether is
 * told of no error (RFC 6750, section 3.1). With `maxAgeSeconds` it says that the user must have
 * proved who they are within that time (RFC 9470, section 3).
 */
export function challengeOf(code: ErrorCode, maxAgeSeconds?: number): string {
  if (maxAgeSeconds !== undefined) return recentProofChallenge(maxAgeSeconds);
  if (isAboutProof(code)) return proofChallenge('invalid_dpop_proof');
  if (NOT_ABOUT_A_TOKEN.includes(code)) return 'Bearer realm="evergreen"';
  return `Bearer realm="evergreen", error="invalid_token", error_description="${ERRORS[code].title}"`;
}

/** Whether a code is about the proof that a client holds the key of its session. */
export function isAboutProof(code: ErrorCode | undefined): boolean {
  return code === 'proof_required' || code === 'proof_invalid';
}

/**
 * The header `WWW-Authenticate` to a request whose proof is missing or bad (RFC 9449, section 7.1).
 * With `use_dpop_nonce`, the same request succeeds with a proof that contains the nonce of the
 * response (section 9).
 */
export function proofChallenge(error: 'invalid_dpop_proof' | 'use_dpop_nonce'): string {
  return `DPoP realm="evergreen", error="${error}", algs="ES256 EdDSA Ed25519"`;
}

function recentProofChallenge(maxAgeSeconds: number): string {
  return `Bearer realm="evergreen", error="insufficient_user_authentication", error_description="A more recent authentication is required", max_age="${maxAgeSeconds}"`;
}
