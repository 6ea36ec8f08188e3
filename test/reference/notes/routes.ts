/**
 * What the documents say of a route besides its summary and description in the OpenAPI document.
 * Links are relative to the root of the repository.
 */
export const ROUTE_NOTES: Readonly<Record<string, string>> = {
  'POST /api/auth/register': '`transport` is `body` or `cookie`.',
  'POST /api/auth/login': '`transport` is `body` or `cookie`.',
  'POST /api/auth/refresh':
    'The token is in `Authorization: Bearer`, in `refresh_token` of the body, or in the cookie.',
  'POST /api/auth/logout-all': 'The response is `{ "revoked": 3 }`.',
  'POST /api/auth/reauthenticate':
    '[Other proofs](docs/step-up.md#other-proofs) than a password. Any token of the session names it.',
  'POST /api/auth/forgot-password': '[Accounts by mail](docs/accounts.md).',
  'POST /api/auth/delete-account': '[What is deleted](docs/accounts.md#delete-an-account).',
  'GET /api/auth/with/{name}': '[Login providers](docs/providers.md).',
  'DELETE /api/auth/identities/{id}':
    'If the user could not sign in any more, it is 409 `last_sign_in_method`.',
  'GET /api/auth/verify':
    'The response is `{ "valid": true, "user": { "id" }, "session_id", "expires_in" }`.',
  'GET /api/auth/events': 'The [types](docs/security-events.md#types). `limit` is 1 to 100.',
  'GET /api/sessions':
    'They are the devices on which the user is signed in, last used first; `binding` says whether a session is [bound to a key](docs/bound-sessions.md).',
  'GET /api/users/me/export': '[What it contains](docs/accounts.md#export-data).',
  'GET /api/auth/me': 'The same as `GET /api/users/me`.',
  'GET /health/ready': 'It also says the state of the revocation feed.',
  'GET /.well-known/jwks.json': '[Keys](docs/keys.md).',
  'GET /api/feed/revocations': '[The feed](docs/feed.md).',
  'POST /api/auth/introspect': '[Introspection](docs/feed.md).',
};
