import { defaultAutoRenewMaxSeconds } from '#protocol';
import type { Config, Environment } from './config.js';
import { ConfigurationError } from './configuration-error.js';
import type { Variables } from './environment.js';
import { describeMisspellings } from './misspellings.js';
import { readSecretFiles, type SecretFiles } from './secret-files.js';
import { variables, type ParsedVariables } from './variables.js';

/** The environment for each value of `NODE_ENV`. */
const ENVIRONMENTS: ReadonlyMap<string | undefined, Environment> = new Map([
  ['development', 'development'],
  // Development without a kept database, see `provideForDevelopment`.
  ['test', 'development'],
  ['staging', 'staging'],
  ['production', 'production'],
]);

const NO_RENEWAL =
  'AUTO_RENEW_MAX_HOURS is not longer than the lifetime of an access token, so no access token is ever renewed.';
const CHEAP_HASHES =
  'BCRYPT_COST is below 10: password hashes can be guessed cheaply if the database leaks.';

const NO_MAIL =
  'MAIL_URL is not set, so no mail is sent: nobody can reset a forgotten password or confirm an address.';

/**
 * Parses the variables from `readEnvironment` and `provideForDevelopment`.
 *
 * @throws ConfigurationError that lists all faults, and the names that are nearly a variable
 */
export function loadConfig(given: Variables): Config {
  const misspellings = describeMisspellings(given);
  const environment = ENVIRONMENTS.get(given.NODE_ENV);
  if (!environment)
    throw new ConfigurationError([
      `NODE_ENV must be one of ${[...ENVIRONMENTS.keys()].join(', ')}`,
      ...misspellings,
    ]);

  const files = readSecretFiles(given);
  const { data, error } = variables(environment).safeParse(files.variables);
  if (!data || files.faults.size > 0) {
    const others = (error?.issues ?? []).map((issue) => faultOf(issue, given, files));
    throw new ConfigurationError([
      ...new Set([...files.faults.values(), ...others, ...misspellings]),
    ]);
  }
  const config = arrange(environment, data);
  return frozen({ ...config, warnings: [...config.warnings, ...misspellings] });
}

function faultOf(
  {
    path: [variable],
    message,
  }: { readonly path: readonly PropertyKey[]; readonly message: string },
  given: Variables,
  files: SecretFiles,
): string {
  const name = String(variable);
  if (given[name]) return `${name} ${message}`;
  const fault = files.faults.get(name);
  if (fault) return fault;
  return files.variables[name] ? `${name}_FILE: ${name} ${message}` : `${name} is missing`;
}

function arrange(environment: Environment, parsed: ParsedVariables): Config {
  const accessSeconds = parsed.JWT_EXPIRES_IN ?? parsed.ACCESS_TOKEN_EXPIRE_MINUTES;
  const autoRenewMaxSeconds =
    parsed.AUTO_RENEW_MAX_HOURS ?? defaultAutoRenewMaxSeconds(accessSeconds);
  return {
    environment,
    port: parsed.PORT,
    host: parsed.HOST,
    publicUrls: parsed.PUBLIC_URL,
    metricsPort: parsed.METRICS_PORT,
    consoleEnabled: parsed.CONSOLE_ENABLED,
    logLevel: parsed.LOG_LEVEL,
    corsOrigins: parsed.CORS_ORIGINS,
    trustedProxies: parsed.TRUST_PROXY,
    adminToken: parsed.ADMIN_TOKEN,
    serviceTokens: parsed.SERVICE_TOKENS,
    redisUrl: parsed.REDIS_URL,
    shutdownDrainSeconds: parsed.SHUTDOWN_DRAIN_SECONDS,
    database: {
      url: parsed.DATABASE_URL,
      directUrl: parsed.DATABASE_DIRECT_URL ?? parsed.DATABASE_URL,
      poolSize: parsed.DATABASE_POOL_SIZE,
      preparedStatements: parsed.DATABASE_PREPARED_STATEMENTS,
    },
    tokens: {
      secret: parsed.JWT_SECRET,
      previousSecret: parsed.JWT_SECRET_PREVIOUS,
      keysFile: parsed.JWT_KEYS_FILE,
      issuer: parsed.JWT_ISSUER,
      audience: parsed.JWT_AUDIENCE,
      clockToleranceSeconds: parsed.CLOCK_TOLERANCE_SECONDS,
      accessSeconds,
      renewBelowSeconds: parsed.ACCESS_TOKEN_RENEW_MINUTES,
      autoRenewMaxSeconds,
      refreshEnabled: parsed.REFRESH_TOKEN_ENABLED,
    },
    sessions: {
      lifetimeSeconds: {
        default: parsed.REFRESH_TOKEN_EXPIRE_DAYS,
        remembered: parsed.REMEMBER_ME_EXPIRE_DAYS,
        short: parsed.SHORT_SESSION_EXPIRE_HOURS,
      },
      absoluteMaxSeconds: parsed.SESSION_ABSOLUTE_MAX_DAYS,
      maxPerUser: parsed.MAX_SESSIONS_PER_USER,
      graceSeconds: parsed.REFRESH_GRACE_SECONDS,
      rotationPolicy: parsed.ROTATION_POLICY,
      anomalyAction: parsed.ANOMALY_ACTION,
      networkChangeAction: parsed.NETWORK_CHANGE_ACTION,
      senderConstraint: parsed.SENDER_CONSTRAINT,
      proofOn: parsed.PROOF_ON,
    },
    activity: { keepSeconds: parsed.SECURITY_EVENTS_KEEP_DAYS, webhook: webhookOf(parsed) },
    mail: mailOf(parsed),
    oidc: oidcOf(parsed),
    passwords: { bcryptCost: parsed.BCRYPT_COST, threads: parsed.UV_THREADPOOL_SIZE },
    limits: {
      refreshPerSession: parsed.THROTTLE_REFRESH_LIMIT,
      unknownPerNetwork: parsed.THROTTLE_UNKNOWN_LIMIT,
      loginPerAccountAndNetwork: parsed.THROTTLE_LOGIN_LIMIT,
      loginPerNetwork: parsed.THROTTLE_LOGIN_NETWORK_LIMIT,
    },
    tracing: tracingOf(parsed),
    warnings: [
      ...(autoRenewMaxSeconds <= accessSeconds ? [NO_RENEWAL] : []),
      ...(environment !== 'development' && parsed.BCRYPT_COST < 10 ? [CHEAP_HASHES] : []),
      ...(environment !== 'development' && !parsed.MAIL_URL ? [NO_MAIL] : []),
    ],
  };
}

function tracingOf({
  OTEL_EXPORTER_OTLP_ENDPOINT,
  OTEL_SERVICE_NAME,
  OTEL_TRACES_SAMPLER,
  OTEL_TRACES_SAMPLER_ARG,
}: ParsedVariables) {
  if (!OTEL_EXPORTER_OTLP_ENDPOINT) return undefined;
  const endpoint = OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/+$/, '');
  return {
    endpoint,
    serviceName: OTEL_SERVICE_NAME,
    sampledShare: OTEL_TRACES_SAMPLER_ARG,
    continuesCallers: OTEL_TRACES_SAMPLER === 'parentbased_traceidratio',
  };
}

function oidcOf(parsed: ParsedVariables) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = parsed;
  if (!issuer || !clientId) return undefined;
  return {
    name: parsed.OIDC_NAME,
    issuer,
    clientId,
    clientSecret: parsed.OIDC_CLIENT_SECRET,
    scopes: parsed.OIDC_SCOPES,
    linksByAddress: parsed.OIDC_LINK_BY_ADDRESS,
  };
}

function mailOf(parsed: ParsedVariables) {
  const base = parsed.PUBLIC_URL[0]?.href ?? `http://localhost:${parsed.PORT}`;
  return {
    url: parsed.MAIL_URL,
    from: parsed.MAIL_FROM ?? 'Evergreen <evergreen@localhost>',
    locale: parsed.MAIL_LOCALE,
    links: {
      resetPassword: parsed.MAIL_LINK_RESET ?? `${base}/reset-password`,
      verifyEmail: parsed.MAIL_LINK_VERIFY ?? `${base}/verify-email`,
      undoEmailChange: parsed.MAIL_LINK_UNDO ?? `${base}/undo-email-change`,
    },
    notices: parsed.MAIL_NOTICES,
  };
}

function webhookOf({
  ANOMALY_ACTION,
  NETWORK_CHANGE_ACTION,
  SECURITY_WEBHOOK_URL: url,
  SECURITY_WEBHOOK_SECRET: secret,
}: ParsedVariables) {
  const isAskedFor = [ANOMALY_ACTION, NETWORK_CHANGE_ACTION].includes('notify');
  return isAskedFor && url && secret ? { url, secret } : undefined;
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[])
    if (typeof inner === 'object' && inner !== null) frozen(inner);
  return Object.freeze(value);
}
