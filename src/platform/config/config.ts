/** The three environments that Evergreen knows; `NODE_ENV` names one. */
export type Environment = 'development' | 'staging' | 'production';

/**
 * Everything that can be configured, parsed once at the start and frozen. Nothing else reads
 * `process.env`. The variables behind it are described in `variables.ts`. Inject it by this class.
 */
export abstract class Config {
  readonly environment: Environment;
  readonly port: number;
  /** An address or a name; `::` is all interfaces, `localhost` the loopback of IPv4 and of IPv6. */
  readonly host: string;
  /** Where clients reach this server. */
  readonly publicUrls: readonly PublicUrl[];
  /** Where `/metrics` is served instead, on a port of its own. */
  readonly metricsPort: number | undefined;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** Origins that browsers may call from, without a trailing slash. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks of one's own proxies; where empty, `X-Forwarded-*` is ignored. */
  readonly trustedProxies: readonly string[];
  /** Opens the routes of operators; where there is none, there are no such routes. */
  readonly adminToken: string | undefined;
  readonly redisUrl: string | undefined;
  /** How long a stopping instance goes on serving after it has said that it is not ready. */
  readonly shutdownDrainSeconds: number;
  readonly database: DatabaseConfig;
  readonly tokens: TokenConfig;
  readonly sessions: SessionConfig;
  readonly activity: ActivityConfig;
  readonly passwords: PasswordConfig;
  readonly limits: LimitConfig;
  /** Undefined where no traces are sent. */
  readonly tracing: TracingConfig | undefined;
  /** What is allowed but probably not meant, one sentence each; logged at the start. */
  readonly warnings: readonly string[];
}

/**
 * Whether clients are to come by TLS alone, which the proxy before the server ends. In development
 * there is none: a cookie for TLS alone would not be kept by every browser, and a page that may only
 * be reached by TLS would not be reached at all.
 */
export function isForTlsAlone({ environment }: Pick<Config, 'environment'>): boolean {
  return environment !== 'development';
}

/** One of `PUBLIC_URL`, in normal form. */
export interface PublicUrl {
  /** Without a trailing slash, such as `https://example.com/backend`. */
  readonly href: string;
  readonly origin: string;
  /** Empty, or such as `/backend`: what a proxy takes away before the routes of this server. */
  readonly path: string;
}

export interface DatabaseConfig {
  readonly url: string;
  /**
   * For what a transaction-mode pooler cannot carry: migrations, `LISTEN`. The same as `url` where
   * not given.
   */
  readonly directUrl: string;
  readonly poolSize: number;
  readonly preparedStatements: boolean;
}

export interface TokenConfig {
  readonly secret: string;
  /** Tokens signed with it go on verifying while keys rotate. */
  readonly previousSecret: string | undefined;
  readonly keysFile: string | undefined;
  readonly issuer: string;
  readonly audience: string;
  readonly clockToleranceSeconds: number;
  readonly accessSeconds: number;
  readonly renewBelowSeconds: number;
  readonly autoRenewMaxSeconds: number;
  /** False: sign-in gives access tokens only. */
  readonly refreshEnabled: boolean;
}

export interface SessionConfig {
  /**
   * Lifetimes of a refresh token, and so of an idle session, by what the login said of
   * `remember_me`.
   */
  readonly lifetimeSeconds: {
    readonly default: number;
    readonly remembered: number;
    readonly short: number;
  };
  readonly absoluteMaxSeconds: number;
  /** Live sessions that a user may have; 0: as many as they like. */
  readonly maxPerUser: number;
  readonly graceSeconds: number;
  readonly rotationPolicy: 'confirm-on-use' | 'strict';
  readonly anomalyAction: 'log' | 'notify' | 'revoke';
  /** What to do about a refresh that comes from another network than the session was in. */
  readonly networkChangeAction: 'log' | 'notify' | 'reauthenticate';
}

/** The record of security events. */
export interface ActivityConfig {
  readonly keepSeconds: number;
  /** Who is told; there where `anomalyAction` or `networkChangeAction` is `notify`. */
  readonly webhook: { readonly url: string; readonly secret: string } | undefined;
}

export interface TracingConfig {
  /** Of a receiver of OTLP over HTTP, without a trailing slash. */
  readonly endpoint: string;
  readonly serviceName: string;
  /** From 0 to 1. */
  readonly sampledShare: number;
  /** A request belongs to the trace that its caller names, and the caller decides on sampling. */
  readonly continuesCallers: boolean;
}

export interface PasswordConfig {
  readonly bcryptCost: number;
  /**
   * What libuv has, for password hashes and for other work that would block (`UV_THREADPOOL_SIZE`).
   */
  readonly threads: number;
}

/** Requests a minute; 0 turns a limit off. */
export interface LimitConfig {
  readonly refreshPerSession: number;
  readonly unknownPerNetwork: number;
  readonly loginPerAccountAndNetwork: number;
  readonly loginPerNetwork: number;
}
