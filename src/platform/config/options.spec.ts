import type { Config } from './config.js';
import { loadConfig } from './load-config.js';
import { configOf } from './options.js';

const SECRET = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';
const REQUIRED = { DATABASE_URL: 'postgres://localhost/app', JWT_SECRET: SECRET };

const EVERYTHING = {
  ...REQUIRED,
  PUBLIC_URL: 'https://example.com/backend,https://example.org',
  METRICS_PORT: '9100',
  LOG_LEVEL: 'warn',
  CORS_ORIGINS: 'https://a.example.com,https://b.example.com',
  TRUST_PROXY: '127.0.0.1,10.0.0.0/8',
  ADMIN_TOKEN: SECRET,
  SERVICE_TOKENS: `orders:${SECRET.replaceAll('6', '8')},billing-2:${SECRET.replaceAll('6', '9')}`,
  REDIS_URL: 'redis://localhost',
  JWT_SECRET_PREVIOUS: SECRET.replaceAll('6', '7'),
  ACCESS_TOKEN_EXPIRE_MINUTES: '0.05',
  ACCESS_TOKEN_RENEW_MINUTES: '0.7',
  AUTO_RENEW_MAX_HOURS: '1.1',
  REFRESH_TOKEN_EXPIRE_DAYS: '0.1',
  SHORT_SESSION_EXPIRE_HOURS: '0.7',
  REFRESH_TOKEN_ENABLED: 'false',
  ANOMALY_ACTION: 'notify',
  SECURITY_WEBHOOK_URL: 'https://example.com/hook',
  SECURITY_WEBHOOK_SECRET: SECRET,
  MAIL_URL: 'smtp://user:p%40ss@mail.example.com:2525?tls=optional',
  MAIL_FROM: 'Example <no-reply@example.com>',
  MAIL_LOCALE: 'de',
  MAIL_LINK_RESET: 'https://app.example.com/reset',
  MAIL_NOTICES: 'none',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318',
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
};

/** An existing application listens itself. */
const withoutListening = ({ host: _host, port: _port, ...others }: Config) => others;

describe('configOf', () => {
  it.each(['development', 'staging', 'production'] as const)(
    'has the defaults of the variables in %s',
    (environment) => {
      const options = {
        environment,
        database: { url: REQUIRED.DATABASE_URL },
        tokens: { secret: SECRET },
      };
      const expected = loadConfig({ NODE_ENV: environment, ...REQUIRED });
      const { warnings, ...rest } = configOf(options);
      expect({ ...rest, warnings: warnings.length }).toEqual({
        ...expected,
        warnings: expected.warnings.length,
      });
    },
  );

  it.each([REQUIRED, EVERYTHING])('returns an equal configuration for a whole one', (variables) => {
    const config = loadConfig({ NODE_ENV: 'production', ...variables });
    expect(withoutListening(configOf(config))).toEqual({
      ...withoutListening(config),
      warnings: config.warnings.map((text) => text.replace('MAIL_URL', 'mail.url')),
    });
  });

  it('names every invalid option, in its own unit and by its own name', () => {
    const invalid = {
      database: { url: 'mysql://localhost' },
      tokens: { secret: 'secret', accessSeconds: 100_000 },
    };
    expect(() => configOf(invalid)).toThrow(
      /tokens\.secret .*\n?.*tokens\.accessSeconds must be at most 24 hours|database\.url/s,
    );
    for (const name of ['database.url', 'tokens.secret', 'tokens.accessSeconds'])
      expect(() => configOf(invalid)).toThrow(name);
  });

  it('takes the tokens of other services by their names, and misses none that is undefined', () => {
    const database = { url: REQUIRED.DATABASE_URL };
    const tokens = { secret: SECRET };
    const token = SECRET.replaceAll('6', '8');
    expect(
      configOf({ database, tokens, serviceTokens: { orders: token } }).serviceTokens,
    ).toStrictEqual({ orders: token });
    for (const serviceTokens of [{ orders: undefined }, { orders: '' }])
      expect(() =>
        configOf({ environment: 'development', database, tokens, serviceTokens }),
      ).toThrow('serviceTokens entry "orders" must have a secret');
  });

  it('names an option that is none, at any depth', () => {
    const invalid = { database: { url: 'x' }, tokens: { secret: SECRET, acessSeconds: 60 } };
    expect(() => configOf(invalid)).toThrow('tokens.acessSeconds is not an option of Evergreen');
  });

  it('warns by the names of options', () => {
    const options = {
      database: { url: REQUIRED.DATABASE_URL },
      tokens: { secret: SECRET, accessSeconds: 7200, autoRenewMaxSeconds: 3600 },
    };
    expect(configOf(options).warnings).toEqual([
      expect.stringContaining('tokens.autoRenewMaxSeconds'),
      expect.stringContaining('mail.url'),
    ]);
  });
});
