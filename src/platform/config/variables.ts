import { networkInterfaces } from 'node:os';
import { z } from 'zod';
import { MAIL_NOTICES, type Environment } from './config.js';
import {
  decimal,
  duration,
  entryOf,
  flag,
  host,
  integer,
  issuerUrl,
  lifetime,
  list,
  mailSender,
  mailUrl,
  namedTokens,
  network,
  origin,
  pageUrl,
  postgresUrl,
  publicUrl,
  signingSecret,
  strongSecret,
  url,
} from './formats.js';

const SECONDS_A_DAY = 86_400;

/** Each may be in a file instead, given by a variable such as `JWT_SECRET_FILE`. */
export const SECRETS = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'REDIS_URL',
  'JWT_SECRET',
  'JWT_SECRET_PREVIOUS',
  'SECURITY_WEBHOOK_SECRET',
  'MAIL_URL',
  'OIDC_CLIENT_SECRET',
  'ADMIN_TOKEN',
  'SERVICE_TOKENS',
] as const;

/**
 * The longest lifetime of an access token, whatever the configuration. Revocations, and keys that
 * no longer sign, must be kept for this time. The trigger for deleted sessions
 * (`platform/database/migrations`) contains the same number in SQL; a test compares them.
 */
export const MAX_ACCESS_SECONDS = SECONDS_A_DAY;

/** The longest time after its expiry in which a token may be accepted. */
export const MAX_CLOCK_TOLERANCE_SECONDS = 300;

const accessLifetime = z
  .number()
  .max(MAX_ACCESS_SECONDS, `must be at most ${MAX_ACCESS_SECONDS / 3600} hours`);

/**
 * Every environment variable that Evergreen reads, with its default. `prefault` is a default that
 * is parsed like a given text.
 */
export function variables(environment: Environment) {
  const isDevelopment = environment === 'development';
  const by = (texts: Readonly<Record<Environment, string>>) => texts[environment];
  const all = z.object({
    PORT: integer({ min: 0, max: 65_535 }).prefault('8000'),
    HOST: host.default(isDevelopment ? 'localhost' : allInterfaces()),
    PUBLIC_URL: list(publicUrl).default([]),
    METRICS_PORT: integer({ min: 1, max: 65_535 }).optional(),
    CONSOLE_ENABLED: flag.default(environment !== 'production'),
    LOG_LEVEL: z
      .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
      .default('info'),
    CORS_ORIGINS: list(origin).default([]),
    TRUST_PROXY: list(network).default([]),
    SHUTDOWN_DRAIN_SECONDS: decimal({ max: 60 }).prefault(
      by({ development: '0', staging: '2', production: '2' }),
    ),
    REDIS_URL: url('redis:', 'rediss:').optional(),

    OTEL_EXPORTER_OTLP_ENDPOINT: url('http:', 'https:').optional(),
    OTEL_SERVICE_NAME: z.string().default('evergreen-auth'),
    OTEL_TRACES_SAMPLER: z
      .enum(['traceidratio', 'parentbased_traceidratio'])
      .default('traceidratio'),
    OTEL_TRACES_SAMPLER_ARG: decimal({ max: 1 }).prefault('1'),

    DATABASE_URL: postgresUrl,
    DATABASE_DIRECT_URL: postgresUrl.optional(),
    DATABASE_POOL_SIZE: integer({ min: 1, max: 1000 }).prefault('10'),
    DATABASE_PREPARED_STATEMENTS: flag.default(true),

    JWT_SECRET: isDevelopment ? z.string('is missing') : signingSecret,
    JWT_SECRET_PREVIOUS: isDevelopment ? z.string().optional() : signingSecret.optional(),
    JWT_KEYS_FILE: z.string().optional(),
    JWT_ISSUER: z.string().default('evergreen'),
    JWT_AUDIENCE: z.string().default('evergreen-api'),
    CLOCK_TOLERANCE_SECONDS: decimal({ max: MAX_CLOCK_TOLERANCE_SECONDS }).prefault('5'),

    ACCESS_TOKEN_EXPIRE_MINUTES: lifetime(60)
      .pipe(accessLifetime)
      .prefault(by({ development: '480', staging: '120', production: '30' })),
    JWT_EXPIRES_IN: duration.pipe(accessLifetime).optional(),
    ACCESS_TOKEN_RENEW_MINUTES: decimal({ max: 1440 })
      .transform((minutes) => Math.round(minutes * 60_000) / 1000)
      .prefault(by({ development: '120', staging: '15', production: '5' })),
    /** By default the result of `defaultAutoRenewMaxSeconds`. */
    AUTO_RENEW_MAX_HOURS: lifetime(3600).optional(),
    REFRESH_TOKEN_ENABLED: flag.default(true),

    REFRESH_TOKEN_EXPIRE_DAYS: lifetime(SECONDS_A_DAY).prefault(
      by({ development: '30', staging: '7', production: '14' }),
    ),
    REMEMBER_ME_EXPIRE_DAYS: lifetime(SECONDS_A_DAY).prefault('30'),
    SHORT_SESSION_EXPIRE_HOURS: lifetime(3600).prefault('24'),
    SESSION_ABSOLUTE_MAX_DAYS: lifetime(SECONDS_A_DAY).prefault('90'),
    MAX_SESSIONS_PER_USER: integer({ min: 0, max: 1_000_000 }).prefault('100'),
    REFRESH_GRACE_SECONDS: decimal({ max: 300 }).prefault('10'),
    ROTATION_POLICY: z.enum(['confirm-on-use', 'strict']).default('confirm-on-use'),

    ANOMALY_ACTION: z.enum(['log', 'notify', 'revoke']).default('log'),
    NETWORK_CHANGE_ACTION: z.enum(['log', 'notify', 'reauthenticate']).default('log'),
    SENDER_CONSTRAINT: z.enum(['off', 'offered', 'required']).default('offered'),
    PROOF_ON: z.enum(['default', 'all']).default('default'),
    SECURITY_EVENTS_KEEP_DAYS: lifetime(SECONDS_A_DAY).prefault('90'),
    SECURITY_WEBHOOK_URL: url('https:', 'http:').optional(),
    SECURITY_WEBHOOK_SECRET: isDevelopment ? z.string().optional() : strongSecret.optional(),

    MAIL_URL: mailUrl.optional(),
    MAIL_FROM: mailSender.optional(),
    MAIL_LOCALE: z
      .string()
      .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language, such as en or de')
      .default('en'),
    MAIL_LINK_RESET: pageUrl.optional(),
    MAIL_LINK_VERIFY: pageUrl.optional(),
    MAIL_LINK_UNDO: pageUrl.optional(),
    MAIL_NOTICES: z
      .literal('none')
      .transform(() => [])
      .or(list(z.enum(MAIL_NOTICES, `must be none, or list some of ${MAIL_NOTICES.join(', ')}`)))
      .default([...MAIL_NOTICES]),

    OIDC_NAME: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens')
      .default('oidc'),
    OIDC_ISSUER: issuerUrl(isDevelopment).optional(),
    OIDC_CLIENT_ID: z.string().optional(),
    OIDC_CLIENT_SECRET: z.string().optional(),
    OIDC_SCOPES: z
      .string()
      .regex(/^openid( |$)/, 'must begin with openid, such as openid email profile')
      .default('openid email profile'),
    OIDC_LINK_BY_ADDRESS: flag.default(false),

    ADMIN_TOKEN: isDevelopment ? z.string().optional() : strongSecret.optional(),
    SERVICE_TOKENS: namedTokens({ mustBeStrong: !isDevelopment }).default({}),

    BCRYPT_COST: integer({ min: 4, max: 20 }).prefault(
      by({ development: '10', staging: '12', production: '12' }),
    ),
    UV_THREADPOOL_SIZE: integer({ min: 1, max: 1024 }).prefault('4'),
    THROTTLE_REFRESH_LIMIT: integer({ min: 0 }).prefault('300'),
    THROTTLE_UNKNOWN_LIMIT: integer({ min: 0 }).prefault('60'),
    THROTTLE_LOGIN_LIMIT: integer({ min: 0 }).prefault('10'),
    THROTTLE_LOGIN_NETWORK_LIMIT: integer({ min: 0 }).prefault('100'),
  });
  // Checked even if there are other faults, so that all are reported at once.
  return all
    .superRefine(requireWebhookToNotify, { when: () => true })
    .superRefine(requireClientOfIssuer, { when: () => true })
    .superRefine(requireOwnTokens, { when: () => true })
    .superRefine((given, context) => requireSenderAndLinks(given, isDevelopment, context), {
      when: () => true,
    });
}

/** `::` accepts IPv4 connections, too. */
function allInterfaces(): string {
  const addresses = Object.values(networkInterfaces()).flat();
  return addresses.some((address) => address?.family === 'IPv6') ? '::' : '0.0.0.0';
}

/** The names of all variables. */
export const VARIABLE_NAMES: readonly string[] = [
  'NODE_ENV',
  ...Object.keys(variables('production').shape),
  ...SECRETS.map((name) => `${name}_FILE`),
];

type Webhook = Partial<
  Record<
    'ANOMALY_ACTION' | 'NETWORK_CHANGE_ACTION' | 'SECURITY_WEBHOOK_URL' | 'SECURITY_WEBHOOK_SECRET',
    string
  >
>;

function requireWebhookToNotify(given: Webhook, context: z.RefinementCtx): void {
  if (![given.ANOMALY_ACTION, given.NETWORK_CHANGE_ACTION].includes('notify')) return;
  if (!given.SECURITY_WEBHOOK_URL)
    context.addIssue({ code: 'custom', path: ['SECURITY_WEBHOOK_URL'] });
  if (!given.SECURITY_WEBHOOK_SECRET)
    context.addIssue({ code: 'custom', path: ['SECURITY_WEBHOOK_SECRET'] });
}

type Client = Partial<Record<'OIDC_ISSUER' | 'OIDC_CLIENT_ID', string>>;

function requireClientOfIssuer(given: Client, context: z.RefinementCtx): void {
  if (given.OIDC_ISSUER && !given.OIDC_CLIENT_ID)
    context.addIssue({ code: 'custom', path: ['OIDC_CLIENT_ID'] });
  if (given.OIDC_CLIENT_ID && !given.OIDC_ISSUER)
    context.addIssue({ code: 'custom', path: ['OIDC_ISSUER'] });
}

interface Tokens {
  readonly ADMIN_TOKEN?: string | undefined;
  readonly SERVICE_TOKENS?: unknown;
}

/** Or every operator's script could be a service, and every service an operator. */
function requireOwnTokens(given: Tokens, context: z.RefinementCtx): void {
  const { ADMIN_TOKEN: adminToken, SERVICE_TOKENS: tokens = {} } = given;
  // If they do not parse, they are still a text here.
  if (!adminToken || typeof tokens !== 'object') return;
  const [name] = Object.entries(tokens as object).find(([, secret]) => secret === adminToken) ?? [];
  if (name === undefined) return;
  const message = `${entryOf(name)} must not be the same as ADMIN_TOKEN`;
  context.addIssue({ code: 'custom', path: ['SERVICE_TOKENS'], message });
}

type Mail = Partial<
  Record<
    'MAIL_URL' | 'MAIL_FROM' | 'MAIL_LINK_RESET' | 'MAIL_LINK_VERIFY' | 'MAIL_LINK_UNDO',
    string
  > & { PUBLIC_URL: readonly unknown[] }
>;

/**
 * Links of mails lead to `PUBLIC_URL`, never to the host of a request, which its sender chooses. In
 * development they lead to this machine.
 */
function requireSenderAndLinks(
  given: Mail,
  isDevelopment: boolean,
  context: z.RefinementCtx,
): void {
  if (!given.MAIL_URL) return;
  if (!given.MAIL_FROM) context.addIssue({ code: 'custom', path: ['MAIL_FROM'] });
  const hasPages = given.MAIL_LINK_RESET && given.MAIL_LINK_VERIFY && given.MAIL_LINK_UNDO;
  if (!isDevelopment && !hasPages && !given.PUBLIC_URL?.length)
    context.addIssue({ code: 'custom', path: ['PUBLIC_URL'] });
}

/**
 * The parsed variables. Lifetimes are in seconds, whatever the unit in their name.
 */
export type ParsedVariables = z.output<ReturnType<typeof variables>>;
