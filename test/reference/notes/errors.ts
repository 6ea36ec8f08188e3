import type { ErrorCode } from '../../../packages/protocol/src/error-codes.js';

/**
 * What the documents say of a code besides its description. Links are relative to the root of the
 * repository.
 */
export const ERROR_NOTES: Readonly<Partial<Record<ErrorCode, string>>> = {
  malformed_json: 'The limits are 32 levels and 1,000 members.',
  malformed_request:
    'It also is if `Host` is missing or sent twice, or if the request is not HTTP/1.x.',
  request_refused: 'It stands for exceptions of your own modules with any other status below 500.',
  cookies_ambiguous: 'Nothing was changed.',
  sign_in_state_invalid: 'The sign-in is one with a [login provider](docs/providers.md).',
  token_invalid: 'On the refresh route it comes with `clear_credentials`.',
  unauthorized: 'Only your own modules use it.',
  token_expired: 'Tokens from before a change of password count as expired, too.',
  reauthentication_required:
    'Send the request again after it, if the route needs a [fresh proof](docs/step-up.md#changes-of-how-one-signs-in) or is `@RequireRecentLogin()`: the response has `max_age` and the challenge of RFC 9470. To a refresh: the token is from before such a proof, or, with `NETWORK_CHANGE_ACTION=reauthenticate`, the request came from another network.',
  proof_required:
    'The session is [bound](docs/bound-sessions.md) to it; nothing was read or ended. At a sign-in with status 400: `SENDER_CONSTRAINT=required`.',
  proof_invalid: 'It may be too old.',
  forbidden: 'Only your own modules use it.',
  not_found: 'There is no such route, the method is wrong, or it belongs to another user.',
  request_timeout:
    'The headers took more than 10 seconds, or the whole request more than 15, unless [its route allows more](docs/extending.md#uploads).',
  conflict: 'Only your own modules use it.',
  payload_too_large: 'The limit is 100 KiB.',
  uri_too_long: 'The limit is 4,096 characters; a part of it may be too long, too.',
  validation_failed:
    'It names at most 20. A body that is not an object is refused with this code, too.',
  current_password_invalid:
    'The routes are `change-password`, `change-email`, `delete-account`, `identities` and `reauthenticate`.',
  reauthentication_failed:
    'The route is `reauthenticate`, and the proof is another one than a password.',
  code_invalid: 'It can be tried five times.',
  headers_too_large: 'The limit is 16 KiB.',
  provider_failed: 'The log has the reason.',
  mail_not_configured: 'It is about a route that needs mail.',
  service_unavailable:
    'The database or a login provider cannot be reached, or too many password checks are waiting.',
};
