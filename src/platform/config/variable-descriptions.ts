import type { Environment } from './config.js';

/** What the documents say of a variable. */
export interface VariableDescription {
  /** In Markdown. Links are relative to the root of the repository. */
  readonly meaning: string;
  /** What holds if it is not set, where that is not the default in `variables`. */
  readonly unset?: string | Partial<Record<Environment, string>>;
}

/**
 * Each variable of `variables`, by subject. `npm run reference` writes `docs/configuration.md` from
 * this, and a test fails if a variable is missing here.
 */
export const VARIABLE_DESCRIPTIONS: Readonly<
  Record<string, Readonly<Record<string, VariableDescription>>>
> = {
  'The server': {
    PORT: { meaning: 'the port to listen on; 0 chooses a free one' },
    HOST: {
      meaning:
        'the address to listen on: `localhost` is the loopback of IPv4 and IPv6, `::` all interfaces of both (`0.0.0.0` on a machine without IPv6)',
      unset: { development: '`localhost`', staging: '`::`', production: '`::`' },
    },
    PUBLIC_URL: {
      meaning:
        "the URL by which clients reach the server, such as `https://auth.example.com`; several are separated by commas, and links in mails lead to the first one. Their origins are the server's own; without it, the origin is that of `Host`. If it contains a path, the proxy must remove that path from requests; the cookie's path begins with it",
    },
    CORS_ORIGINS: {
      meaning:
        'other origins whose pages may call the API, such as `https://app.example.com,https://admin.example.com`; no wildcard. In development, also those of `localhost`, `127.0.0.1` and `[::1]`, at any port',
    },
    TRUST_PROXY: {
      meaning:
        'your own proxies, such as `127.0.0.1,10.0.0.0/8`; without it `X-Forwarded-*` is ignored, and all clients behind a proxy count as one network. `X-Forwarded-Host` is never read',
    },
    CONSOLE_ENABLED: { meaning: 'the [console](docs/console.md) at `/` and the pages below it' },
    SHUTDOWN_DRAIN_SECONDS: {
      meaning:
        'how long a stopping instance still serves requests after it has reported that it is not ready',
    },
    LOG_LEVEL: { meaning: '`fatal`, `error`, `warn`, `info`, `debug`, `trace` or `silent`' },
    METRICS_PORT: { meaning: 'a separate port for `/metrics`, instead of the main one' },
  },
  'The database': {
    DATABASE_URL: {
      meaning:
        'PostgreSQL 15 or newer; if it contains several servers, such as `postgres://user:password@one:5432,two:5432/evergreen`, the primary among them is used',
      unset: { development: 'an embedded PostgreSQL' },
    },
    DATABASE_DIRECT_URL: {
      meaning: 'for migrations and the revocation feed, if `DATABASE_URL` is a pooler',
      unset: '`DATABASE_URL`',
    },
    DATABASE_POOL_SIZE: { meaning: 'the maximum number of connections of one instance' },
    DATABASE_PREPARED_STATEMENTS: {
      meaning: 'set to false behind a transaction-mode pooler that does not support them',
    },
  },
  'Keys and tokens': {
    JWT_SECRET: {
      meaning: 'signs all tokens; outside development at least 32 bytes that look random',
      unset: { development: 'generated once, kept in `.data/`' },
    },
    JWT_SECRET_PREVIOUS: {
      meaning: 'the former `JWT_SECRET`: tokens signed with it are still accepted',
    },
    JWT_KEYS_FILE: {
      meaning:
        'a file of private keys: access tokens are signed with ES256, see [keys](docs/keys.md)',
      unset: { development: 'generated once, kept in `.data/`, if `JWT_SECRET` is, too' },
    },
    JWT_ISSUER: { meaning: '`iss` of all tokens' },
    JWT_AUDIENCE: { meaning: '`aud` of all tokens' },
    CLOCK_TOLERANCE_SECONDS: {
      meaning: 'how long after its expiry a token is still accepted, since clocks differ',
    },
    ACCESS_TOKEN_EXPIRE_MINUTES: { meaning: 'the lifetime of access tokens, at most 24 hours' },
    JWT_EXPIRES_IN: {
      meaning:
        'another notation for the same, such as `12h`; used only if `ACCESS_TOKEN_EXPIRE_MINUTES` is not set in the same source or an earlier one',
    },
    ACCESS_TOKEN_RENEW_MINUTES: {
      meaning: 'responses contain `X-New-Token` if the access token expires within this time',
    },
    AUTO_RENEW_MAX_HOURS: {
      meaning:
        'how long after a login or refresh an access token can be extended by renewals alone',
      unset: '24, or seven lifetimes of an access token if that is more',
    },
  },
  'Sessions and rotation': {
    REFRESH_TOKEN_ENABLED: {
      meaning: 'if false, there are only access tokens, and the refresh route renews them',
    },
    REFRESH_TOKEN_EXPIRE_DAYS: { meaning: 'how long a session lasts without use' },
    REMEMBER_ME_EXPIRE_DAYS: { meaning: 'the same, for a login with `remember_me: true`' },
    SHORT_SESSION_EXPIRE_HOURS: { meaning: 'the same, for a login with `remember_me: false`' },
    SESSION_ABSOLUTE_MAX_DAYS: { meaning: 'the longest lifetime of a session, even if it is used' },
    MAX_SESSIONS_PER_USER: {
      meaning:
        'the maximum number of live sessions of one user; a further sign-in ends the one that was unused for longest; 0: no limit',
    },
    REFRESH_GRACE_SECONDS: {
      meaning: 'how long concurrent and repeated refreshes of a client get the same token',
    },
    ROTATION_POLICY: {
      meaning: 'with `strict`, a repeated refresh after the grace window ends the session',
    },
    SENDER_CONSTRAINT: {
      meaning:
        'whether sessions are [bound to a key](docs/bound-sessions.md) of their client: `offered`, if the sign-in proves one; `required`, so that no other sign-in succeeds; or `off`',
    },
    PROOF_ON: {
      meaning:
        'where a bound session must prove its key: on refresh, `logout`, `change-password`, `reauthenticate` and routes that are `@RequireProof()`, or with `all` on every route',
    },
  },
  'Passwords and limits': {
    BCRYPT_COST: {
      meaning:
        "the cost of password hashes; after an increase, each user's password is hashed again at the next login",
    },
    UV_THREADPOOL_SIZE: {
      meaning:
        'a variable of Node, so it is read only from the environment itself: the number of threads, of which all but one may compute password hashes, see [operations](docs/operations/deploy.md#passwords-under-load)',
    },
    THROTTLE_REFRESH_LIMIT: {
      meaning:
        'refreshes per minute of one session; 0 turns the limit off, here and in the next three',
    },
    THROTTLE_UNKNOWN_LIMIT: {
      meaning: 'refreshes per minute from one network with a token that does not verify',
    },
    THROTTLE_LOGIN_LIMIT: {
      meaning:
        'logins, registrations and password changes per minute, of one account from one network; after more consecutive failures, each further attempt must wait longer, up to 15 minutes',
    },
    THROTTLE_LOGIN_NETWORK_LIMIT: { meaning: 'the same, for all accounts from one network' },
    REDIS_URL: {
      meaning:
        'the Redis in which instances share these counts, such as `redis://host:6379`; without it, and while it cannot be reached, each instance counts separately',
    },
  },
  'Security events': {
    ANOMALY_ACTION: {
      meaning:
        'what to do about anomalies: `log`, `notify` or `revoke`; see [security events](docs/security-events.md)',
    },
    NETWORK_CHANGE_ACTION: {
      meaning:
        'what to do about a refresh from another network: `log`, `notify` or `reauthenticate`; see [security events](docs/security-events.md#a-change-of-network)',
    },
    SECURITY_WEBHOOK_URL: { meaning: 'the URL that `notify` sends events to' },
    SECURITY_WEBHOOK_SECRET: {
      meaning: 'signs these requests; outside development at least 32 bytes that look random',
    },
    SECURITY_EVENTS_KEEP_DAYS: { meaning: 'how long security events are kept' },
  },
  Mail: {
    MAIL_URL: {
      meaning:
        'the mail server, such as `smtps://user:password@mail.example.com`; see [mail](docs/mail.md). Without it, staging and production send no mail, and warn of that',
      unset: { development: 'a [mailbox](docs/mail.md#development)' },
    },
    MAIL_FROM: {
      meaning: 'the sender, such as `Example <no-reply@example.com>`; required with `MAIL_URL`',
    },
    MAIL_LOCALE: {
      meaning:
        'the language of all mails: `en`, `de`, or one that [you write](docs/mail.md#your-own-texts)',
    },
    MAIL_LINK_RESET: {
      meaning:
        'your page for a new password, such as `https://app.example.com/reset`; it gets `#token=…`. By default `reset-password` under the first `PUBLIC_URL`',
    },
    MAIL_LINK_VERIFY: { meaning: 'your page that confirms an address, by default `verify-email`' },
    MAIL_LINK_UNDO: {
      meaning: 'your page that undoes a change of address, by default `undo-email-change`',
    },
    MAIL_NOTICES: {
      meaning:
        'the [notices](docs/mail.md#mails) that are sent: some of `new_device`, `password_changed`, `address_changed` and `session_ended_for_reuse`, separated by commas, or `none`',
      unset: '`all`',
    },
  },
  'Login by OpenID Connect': {
    OIDC_ISSUER: {
      meaning:
        'a [login provider](docs/providers.md#openid-connect) of OpenID Connect, such as `https://login.example.com`: users sign in with it',
    },
    OIDC_CLIENT_ID: { meaning: 'the id of this server there; required with `OIDC_ISSUER`' },
    OIDC_CLIENT_SECRET: { meaning: 'its secret; without one, the server is a public client' },
    OIDC_NAME: { meaning: 'the name in the routes: `GET /api/auth/with/oidc`' },
    OIDC_SCOPES: { meaning: 'what the provider is asked for, separated by blanks' },
    OIDC_LINK_BY_ADDRESS: {
      meaning:
        'if true, this provider is trusted to verify addresses: an identity is linked to the account with the same address, if both sides have verified it',
    },
  },
  'Operators and other services': {
    ADMIN_TOKEN: {
      meaning:
        'opens the routes for operators, also to whom has no account with the role `admin`, see [operations](docs/operations/repair.md#over-http); outside development at least 32 bytes that look random',
    },
    SERVICE_TOKENS: {
      meaning:
        'tokens of your other services, such as `orders:secret,billing:secret`; enables the routes for them, see [the feed](docs/feed.md). A name has 1 to 40 lower-case letters, digits and hyphens; a secret has letters, digits and `-._~+/=`, outside development at least 32 bytes that look random. To revoke one, remove it and restart the instances',
    },
  },
  Traces: {
    OTEL_EXPORTER_OTLP_ENDPOINT: {
      meaning:
        'the URL to send traces to, such as `http://localhost:4318`; see [operations](docs/operations/traces.md)',
    },
    OTEL_SERVICE_NAME: { meaning: 'the name of the service in traces' },
    OTEL_TRACES_SAMPLER: {
      meaning:
        '`parentbased_traceidratio`: the header `traceparent` decides, for servers that only your own programs can reach',
    },
    OTEL_TRACES_SAMPLER_ARG: { meaning: 'the share of requests that are traced, from 0 to 1' },
  },
};
