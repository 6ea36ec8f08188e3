import type { Config } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { Variables } from './environment.js';
import { loadConfig } from './load-config.js';

type PartialDeep<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { readonly [Key in keyof T]?: PartialDeep<T[Key]> }
    : T;

/**
 * The configuration for an existing application: that of `Config`, in which everything has a
 * default but the database's URL and the secret. The application listens itself, so there is neither
 * a host nor a port, and its pages are its own, so there is no console. A whole `Config`, from `loadConfig`, is accepted, too.
 */
export interface EvergreenOptions extends PartialDeep<
  Omit<
    Config,
    'consoleEnabled' | 'host' | 'port' | 'publicUrls' | 'database' | 'tokens' | 'warnings'
  >
> {
  /** The URLs by which clients reach this server, such as `https://example.com/backend`. */
  readonly publicUrls?: readonly (string | { readonly href: string })[];
  readonly database: { readonly url: string } & Partial<Config['database']>;
  readonly tokens: { readonly secret: string } & Partial<Config['tokens']>;
}

/** Writes the value of an option as the text of a variable. */
type Write = (value: never) => string;

const plainly: Write = (value: string | number | boolean) => String(value);
const listed: Write = (values: readonly (string | { readonly href: string })[]) =>
  values.map((value) => (typeof value === 'string' ? value : value.href)).join(',');
const named: Write = (tokens: Readonly<Record<string, string | undefined>>) =>
  Object.entries(tokens)
    .map(([name, token = '']) => `${name}:${token}`)
    .join(',');
const inUnitsOf =
  (unitSeconds: number): Write =>
  (seconds: number) =>
    String(seconds / unitSeconds);

const [MINUTE, HOUR, DAY] = [60, 3600, 86_400];

/** The variable that each option is another form of. */
const VARIABLES: Readonly<Record<string, readonly [variable: string, write?: Write]>> = {
  environment: ['NODE_ENV'],
  publicUrls: ['PUBLIC_URL', listed],
  metricsPort: ['METRICS_PORT'],
  logLevel: ['LOG_LEVEL'],
  corsOrigins: ['CORS_ORIGINS', listed],
  trustedProxies: ['TRUST_PROXY', listed],
  adminToken: ['ADMIN_TOKEN'],
  serviceTokens: ['SERVICE_TOKENS', named],
  redisUrl: ['REDIS_URL'],
  shutdownDrainSeconds: ['SHUTDOWN_DRAIN_SECONDS'],
  'database.url': ['DATABASE_URL'],
  'database.directUrl': ['DATABASE_DIRECT_URL'],
  'database.poolSize': ['DATABASE_POOL_SIZE'],
  'database.preparedStatements': ['DATABASE_PREPARED_STATEMENTS'],
  'tokens.secret': ['JWT_SECRET'],
  'tokens.previousSecret': ['JWT_SECRET_PREVIOUS'],
  'tokens.keysFile': ['JWT_KEYS_FILE'],
  'tokens.issuer': ['JWT_ISSUER'],
  'tokens.audience': ['JWT_AUDIENCE'],
  'tokens.clockToleranceSeconds': ['CLOCK_TOLERANCE_SECONDS'],
  'tokens.accessSeconds': ['ACCESS_TOKEN_EXPIRE_MINUTES', inUnitsOf(MINUTE)],
  'tokens.renewBelowSeconds': ['ACCESS_TOKEN_RENEW_MINUTES', inUnitsOf(MINUTE)],
  'tokens.autoRenewMaxSeconds': ['AUTO_RENEW_MAX_HOURS', inUnitsOf(HOUR)],
  'tokens.refreshEnabled': ['REFRESH_TOKEN_ENABLED'],
  'sessions.lifetimeSeconds.default': ['REFRESH_TOKEN_EXPIRE_DAYS', inUnitsOf(DAY)],
  'sessions.lifetimeSeconds.remembered': ['REMEMBER_ME_EXPIRE_DAYS', inUnitsOf(DAY)],
  'sessions.lifetimeSeconds.short': ['SHORT_SESSION_EXPIRE_HOURS', inUnitsOf(HOUR)],
  'sessions.absoluteMaxSeconds': ['SESSION_ABSOLUTE_MAX_DAYS', inUnitsOf(DAY)],
  'sessions.maxPerUser': ['MAX_SESSIONS_PER_USER'],
  'sessions.graceSeconds': ['REFRESH_GRACE_SECONDS'],
  'sessions.rotationPolicy': ['ROTATION_POLICY'],
  'sessions.anomalyAction': ['ANOMALY_ACTION'],
  'sessions.networkChangeAction': ['NETWORK_CHANGE_ACTION'],
  'sessions.senderConstraint': ['SENDER_CONSTRAINT'],
  'sessions.proofOn': ['PROOF_ON'],
  'activity.keepSeconds': ['SECURITY_EVENTS_KEEP_DAYS', inUnitsOf(DAY)],
  'mail.url': ['MAIL_URL'],
  'mail.from': ['MAIL_FROM'],
  'mail.locale': ['MAIL_LOCALE'],
  'mail.links.resetPassword': ['MAIL_LINK_RESET'],
  'mail.links.verifyEmail': ['MAIL_LINK_VERIFY'],
  'mail.links.undoEmailChange': ['MAIL_LINK_UNDO'],
  'mail.notices': ['MAIL_NOTICES', (notices: readonly string[]) => notices.join(',') || 'none'],
  'activity.webhook.url': ['SECURITY_WEBHOOK_URL'],
  'activity.webhook.secret': ['SECURITY_WEBHOOK_SECRET'],
  'oidc.name': ['OIDC_NAME'],
  'oidc.issuer': ['OIDC_ISSUER'],
  'oidc.clientId': ['OIDC_CLIENT_ID'],
  'oidc.clientSecret': ['OIDC_CLIENT_SECRET'],
  'oidc.scopes': ['OIDC_SCOPES'],
  'oidc.linksByAddress': ['OIDC_LINK_BY_ADDRESS'],
  'passwords.bcryptCost': ['BCRYPT_COST'],
  'passwords.threads': ['UV_THREADPOOL_SIZE'],
  'limits.refreshPerSession': ['THROTTLE_REFRESH_LIMIT'],
  'limits.unknownPerNetwork': ['THROTTLE_UNKNOWN_LIMIT'],
  'limits.loginPerAccountAndNetwork': ['THROTTLE_LOGIN_LIMIT'],
  'limits.loginPerNetwork': ['THROTTLE_LOGIN_NETWORK_LIMIT'],
  'tracing.endpoint': ['OTEL_EXPORTER_OTLP_ENDPOINT'],
  'tracing.serviceName': ['OTEL_SERVICE_NAME'],
  'tracing.sampledShare': ['OTEL_TRACES_SAMPLER_ARG'],
  'tracing.continuesCallers': [
    'OTEL_TRACES_SAMPLER',
    (isContinued: boolean) => (isContinued ? 'parentbased_traceidratio' : 'traceidratio'),
  ],
};

/** Members of `Config` that an application's options need not have, but that a whole one has. */
const IGNORED: readonly string[] = ['consoleEnabled', 'host', 'port', 'warnings'];

/**
 * The configuration for the options of an application, with the defaults and the rules of the
 * variables; the environment is `production` unless they say otherwise.
 *
 * @throws ConfigurationError that lists all faults by the names of the options
 */
export function configOf(options: EvergreenOptions): Config {
  const leaves = leavesOf(options);
  const unknown = leaves.map(([path]) => path).filter((path) => !VARIABLES[path]);
  if (unknown.length > 0)
    throw new ConfigurationError(unknown.map((path) => `${path} is not an option of Evergreen`));
  const texts = leaves.map(([path, value]) => {
    const [variable, write = plainly] = VARIABLES[path] as [string, Write?];
    return [variable, write(value as never)];
  });
  try {
    const given = { NODE_ENV: 'production', ...(Object.fromEntries(texts) as Variables) };
    const config = loadConfig(given);
    return { ...config, warnings: config.warnings.map(byOptions) };
  } catch (error) {
    throw error instanceof ConfigurationError
      ? new ConfigurationError(error.faults.map(byOptions))
      : error;
  }
}

/** All values of the options with their paths, such as `tokens.secret`. */
function leavesOf(options: object, prefix = ''): [path: string, value: unknown][] {
  return Object.entries(options).flatMap(([name, value]: [string, unknown]) => {
    const path = prefix + name;
    if (value === undefined || IGNORED.includes(path)) return [];
    const isGroup =
      !VARIABLES[path] && typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? leavesOf(value, `${path}.`) : [[path, value] as [string, unknown]];
  });
}

/** A sentence about variables, as one about options. */
function byOptions(sentence: string): string {
  return sentence.replaceAll(/\b[A-Z][A-Z0-9]*(_[A-Z0-9]+)+\b/g, (name) => {
    const [path] = Object.entries(VARIABLES).find(([, [variable]]) => variable === name) ?? [];
    return path ?? name;
  });
}
