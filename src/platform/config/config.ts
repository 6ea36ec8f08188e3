/** The three environments; `NODE_ENV` selects one. */
export type Environment = 'development' | 'staging' | 'production';

/**
 * The configuration, parsed once at the start and frozen. Nothing else reads `process.env`.
 * `variables.ts` defines the variables. Inject this class.
 */
export abstract class Config {
  readonly environment: Environment;
  readonly port: number;
  /** An address or a name; `::` means all interfaces, `localhost` the loopback of IPv4 and IPv6. */
  readonly host: string;
  /** The URLs by which clients reach this server. */
  readonly publicUrls: readonly PublicUrl[];
  /** A separate port for `/metrics`. */
  readonly metricsPort: number | undefined;
  /** Whether the console is served at `/` and the pages below it. */
  readonly consoleEnabled: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Origins whose pages may call the API, without a trailing slash. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks of your own proxies; if empty, `X-Forwarded-*` is ignored. */
  readonly trustedProxies: readonly string[];
  /** The token for the routes of operators; without it, there are no such routes. */
  readonly adminToken: string | undefined;
  /**
   * The tokens of the team's other services, by their names; without any, there are no routes for
   * them.
   */
  readonly serviceTokens: Readonly<Record<string, string>>;
  readonly redisUrl: string | undefined;
  /** How long a stopping instance still serves after it has reported that it is not ready. */
  readonly shutdownDrainSeconds: number;
  readonly database: DatabaseConfig;
  readonly tokens: TokenConfig;
  readonly sessions: SessionConfig;
  readonly activity: ActivityConfig;
  readonly mail: MailConfig;
  /** Undefined if there is no login provider of OpenID Connect. */
  readonly oidc: OpenIdConnectConfig | undefined;
  readonly passwords: PasswordConfig;
  readonly limits: LimitConfig;
  /** Undefined if no traces are sent. */
  readonly tracing: TracingConfig | undefined;
  /** Allowed settings that are probably mistakes, one sentence each; logged at the start. */
  readonly warnings: readonly string[];
}

/**
 * Whether clients must use TLS, which the proxy in front of the server terminates. Not in
 * development, where there is no TLS: some browsers would not store a `Secure` cookie, and pages
 * that require TLS could not be loaded.
 */
export function isForTlsAlone({ environment }: Pick<Config, 'environment'>): boolean {
  return environment !== 'development';
}

/** One URL of `PUBLIC_URL`, normalised. */
export interface PublicUrl {
  /** Without a trailing slash, such as `https://example.com/backend`. */
  readonly href: string;
  readonly origin: string;
  /** Empty, or a path such as `/backend` that the proxy removes from requests. */
  readonly path: string;
}

export interface DatabaseConfig {
  readonly url: string;
  /**
   * For what a transaction-mode pooler does not support: migrations, `LISTEN`. By default the same
   * as `url`.
   */
  readonly directUrl: string;
  readonly poolSize: number;
  readonly preparedStatements: boolean;
}

export interface TokenConfig {
  readonly secret: string;
  /** Tokens signed with it are still accepted, for a rotation. */
  readonly previousSecret: string | undefined;
  readonly keysFile: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds: number;
  readonly accessSeconds: number;
  readonly renewBelowSeconds: number;
  readonly autoRenewMaxSeconds: number;
  /** If false, clients get only access tokens. */
  readonly refreshEnabled: boolean;
}

export interface SessionConfig {
  /**
   * Lifetimes of a refresh token, and so of an unused session, by the `remember_me` of the login.
   */
  readonly lifetimeSeconds: {
    readonly default: number;
    readonly remembered: number;
    readonly short: number;
  };
  readonly absoluteMaxSeconds: number;
  /** The maximum number of live sessions of a user; 0: no limit. */
  readonly maxPerUser: number;
  readonly graceSeconds: number;
  readonly rotationPolicy: 'confirm-on-use' | 'strict';
  readonly anomalyAction: 'log' | 'notify' | 'revoke';
  /** What to do about a refresh from another network than the session's last one. */
  readonly networkChangeAction: 'log' | 'notify' | 'reauthenticate';
  /**
   * Whether a session is bound to a key of its client (RFC 9449): never, if its sign-in has a proof
   * of one, or always, so that a sign-in without a proof is refused.
   */
  readonly senderConstraint: 'off' | 'offered' | 'required';
  /** Where a bound session must prove its key: on the routes that are marked, or on all. */
  readonly proofOn: 'default' | 'all';
}

/** The record of security events. */
export interface ActivityConfig {
  readonly keepSeconds: number;
  /** Receives events; set if `anomalyAction` or `networkChangeAction` is `notify`. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
}

/** Kinds of mail that tell what has happened, and that can be turned off. */
export const MAIL_NOTICES = [
  'new_device',
  'password_changed',
  'address_changed',
  'session_ended_for_reuse',
] as const;

export type MailNotice = (typeof MAIL_NOTICES)[number];

export interface MailConfig {
  /**
   * `smtp://` or `smtps://`, possibly with a password. Without it, development has a mailbox, and
   * other environments send no mail.
   */
  readonly url: string | undefined;
  /** An address, or `Name <address>`. */
  readonly from: string;
  /** The language of all mails. */
  readonly locale: string;
  /** The pages that links lead to; each gets `#token=…`. */
  readonly links: {
    readonly resetPassword: string;
    readonly verifyEmail: string;
    readonly undoEmailChange: string;
  };
  /** The notices that are on. */
  readonly notices: readonly MailNotice[];
}

/** A login provider of OpenID Connect. */
export interface OpenIdConnectConfig {
  /** Of the route `GET /api/auth/with/{name}`. */
  readonly name: string;
  /** A URL, below which the provider's metadata are. */
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined for a client without one. */
  readonly clientSecret: string | undefined;
  /** Separated by blanks. */
  readonly scopes: string;
  /** Whether an identity is linked to the account with the same address that both have verified. */
  readonly linksByAddress: boolean;
}

export interface TracingConfig {
  /** A receiver of OTLP over HTTP, without a trailing slash. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** From 0 to 1. */
  readonly sampledShare: number;
  /** If true, a request continues the caller's trace, and the caller decides on sampling. */
  readonly continuesCallers: boolean;
}

export interface PasswordConfig {
  readonly bcryptCost: number;
  /**
   * The threads of libuv, for password hashes and other blocking work (`UV_THREADPOOL_SIZE`).
   */
  readonly threads: number;
}

/** Requests per minute; 0 turns a limit off. */
export interface LimitConfig {
  readonly refreshPerSession: number;
  readonly unknownPerNetwork: number;
  readonly loginPerAccountAndNetwork: number;
  readonly loginPerNetwork: number;
}
