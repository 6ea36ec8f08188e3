import { networkInterfaces } from 'node:os';
import { inspect } from 'node:util';
import { ConfigurationError } from './configuration-error.js';
import { readEnvironment, type Variables } from './environment.js';
import { loadConfig } from './load-config.js';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const SECRET = '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1';
const NEEDED = {
  DATABASE_URL: 'postgres://evergreen@localhost:5432/evergreen',
  JWT_SECRET: SECRET,
};
const EVERYWHERE = ['development', 'staging', 'production'];

const MAIL = { MAIL_URL: 'smtps://mail.example.com', MAIL_FROM: 'no-reply@example.com' };
const PUBLIC_URL = 'https://auth.example.com/backend';

/** Without files of its own, so that those of a developer do not count here. */
const FOLDER = import.meta.dirname;

const load = (given: Variables = {}) =>
  loadConfig(readEnvironment({ ...NEEDED, ...given }, FOLDER));

const errorOf = (given: Variables): Error => {
  try {
    load(given);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
};

/** The variables that the message names, one a line below its first. */
const faultsOf = (given: Variables) => [
  ...new Set(
    errorOf(given)
      .message.split('\n')
      .slice(1)
      .map((line) => line.trim().split(' ', 1)[0]),
  ),
];

describe('loadConfig', () => {
  describe('with the times of the environment', () => {
    it.each([
      ['development', 480, 120, 30, 56],
      ['staging', 120, 15, 7, 24],
      ['production', 30, 5, 14, 24],
    ])('%s', (environment, accessMinutes, renewMinutes, refreshDays, autoRenewHours) => {
      expect(load({ NODE_ENV: environment })).toMatchObject({
        environment,
        tokens: {
          accessSeconds: accessMinutes * MINUTE,
          renewBelowSeconds: renewMinutes * MINUTE,
          autoRenewMaxSeconds: autoRenewHours * HOUR,
          refreshEnabled: true,
          issuer: 'evergreen',
          audience: 'evergreen-api',
          clockToleranceSeconds: 5,
        },
        sessions: {
          lifetimeSeconds: { default: refreshDays * DAY, remembered: 30 * DAY, short: 24 * HOUR },
          absoluteMaxSeconds: 90 * DAY,
          maxPerUser: 100,
          graceSeconds: 10,
          rotationPolicy: 'confirm-on-use',
          anomalyAction: 'log',
          networkChangeAction: 'log',
        },
        limits: {
          refreshPerSession: 300,
          unknownPerNetwork: 60,
          loginPerAccountAndNetwork: 10,
          loginPerNetwork: 100,
        },
        warnings: environment === 'development' ? [] : [expect.stringContaining('MAIL_URL')],
      });
    });

    it('is development in a test', () => {
      expect(load({ NODE_ENV: 'test' })).toEqual(load());
    });

    it('is development where nothing says otherwise', () => {
      expect(load().environment).toBe('development');
    });

    it.each(['testing', 'Production', 'prod', ' production', '__proto__'])(
      'refuses the environment %j',
      (NODE_ENV) => {
        expect(faultsOf({ NODE_ENV })).toEqual(['NODE_ENV']);
      },
    );
  });

  describe('with lifetimes of their own', () => {
    it.each([
      ['0.05', 3],
      ['0.5', 30],
      ['1', 60],
      ['1e1', 600],
    ])(
      'an access token of %s minutes lives for %d seconds',
      (ACCESS_TOKEN_EXPIRE_MINUTES, seconds) => {
        expect(load({ ACCESS_TOKEN_EXPIRE_MINUTES }).tokens.accessSeconds).toBe(seconds);
      },
    );

    it('takes decimals everywhere', () => {
      const { tokens, sessions } = load({
        ACCESS_TOKEN_RENEW_MINUTES: '0.025',
        AUTO_RENEW_MAX_HOURS: '0.01',
        REFRESH_TOKEN_EXPIRE_DAYS: '0.001',
        REMEMBER_ME_EXPIRE_DAYS: '0.002',
        SHORT_SESSION_EXPIRE_HOURS: '0.005',
        SESSION_ABSOLUTE_MAX_DAYS: '0.004',
        REFRESH_GRACE_SECONDS: '0.25',
      });
      expect(tokens).toMatchObject({ renewBelowSeconds: 1.5, autoRenewMaxSeconds: 36 });
      expect(sessions).toMatchObject({
        lifetimeSeconds: { default: 86.4, remembered: 172.8, short: 18 },
        absoluteMaxSeconds: 345.6,
        graceSeconds: 0.25,
      });
    });

    it.each(['0', '0.0', '-1', '1,5', '30m', 'Infinity', 'NaN', '1e999', ' 30', '0x10', '.5'])(
      'refuses %j',
      (value) => {
        expect(faultsOf({ ACCESS_TOKEN_EXPIRE_MINUTES: value })).toEqual([
          'ACCESS_TOKEN_EXPIRE_MINUTES',
        ]);
        expect(faultsOf({ REFRESH_TOKEN_EXPIRE_DAYS: value })).toEqual([
          'REFRESH_TOKEN_EXPIRE_DAYS',
        ]);
      },
    );

    it.each([
      ['205.71', 24 * HOUR],
      ['210', 24.5 * HOUR],
      ['1440', 7 * DAY],
      ['0.05', 24 * HOUR],
    ])(
      'renewals carry access tokens of %s minutes a day, or seven of their lifetimes: %d seconds',
      (ACCESS_TOKEN_EXPIRE_MINUTES, seconds) => {
        const given = { NODE_ENV: 'production', ...MAIL, PUBLIC_URL, ACCESS_TOKEN_EXPIRE_MINUTES };
        expect(load(given).tokens.autoRenewMaxSeconds).toBe(seconds);
        expect(load(given).warnings).toEqual([]);
      },
    );

    it('may do without a grace window, and without renewal', () => {
      const { tokens, sessions } = load({
        REFRESH_GRACE_SECONDS: '0',
        ACCESS_TOKEN_RENEW_MINUTES: '0',
      });
      expect(sessions.graceSeconds).toBe(0);
      expect(tokens.renewBelowSeconds).toBe(0);
    });
  });

  describe('with another name for the lifetime of an access token', () => {
    it.each([
      ['90s', 90],
      ['30m', 30 * MINUTE],
      ['1.5h', 90 * MINUTE],
      ['1 day', DAY],
    ])('JWT_EXPIRES_IN=%s', (JWT_EXPIRES_IN, seconds) => {
      expect(load({ JWT_EXPIRES_IN }).tokens.accessSeconds).toBe(seconds);
    });

    it.each(['0h', '-1h', '24', 'soon', '5 parsecs', '1h30m'])(
      'JWT_EXPIRES_IN=%s is refused',
      (JWT_EXPIRES_IN) => {
        expect(faultsOf({ JWT_EXPIRES_IN })).toEqual(['JWT_EXPIRES_IN']);
      },
    );

    it.each([
      ['ACCESS_TOKEN_EXPIRE_MINUTES', '1439.99', '1440', '1440.01'],
      ['JWT_EXPIRES_IN', '86399s', '24h', '86401s'],
    ])('%s may say 24 hours and not more', (name, before, at, after) => {
      expect(load({ [name]: before }).tokens.accessSeconds).toBeLessThan(DAY);
      expect(load({ [name]: at }).tokens.accessSeconds).toBe(DAY);
      expect(faultsOf({ [name]: after })).toEqual([name]);
    });
  });

  describe('that is at fault', () => {
    const faulty = {
      DATABASE_URL: undefined,
      JWT_SECRET: 'short',
      JWT_SECRET_PREVIOUS: 'changeme-changeme-changeme-changeme',
      PORT: '65536',
      LOG_LEVEL: 'loud',
      CORS_ORIGINS: '*',
      TRUST_PROXY: 'yes',
      REDIS_URL: 'http://localhost',
      REFRESH_TOKEN_ENABLED: '1',
      ROTATION_POLICY: 'lax',
      BCRYPT_COST: '3',
      ACCESS_TOKEN_EXPIRE_MINUTES: '0',
      THROTTLE_LOGIN_LIMIT: '-1',
    };

    it.each(['staging', 'production'])('%s names every variable at once', (NODE_ENV) => {
      expect(faultsOf({ ...faulty, NODE_ENV }).sort()).toEqual(Object.keys(faulty).sort());
    });

    it.each(['staging', 'production'])(
      '%s has no secret and no database of its own',
      (NODE_ENV) => {
        expect(faultsOf({ NODE_ENV, DATABASE_URL: '', JWT_SECRET: '' })).toEqual([
          'DATABASE_URL',
          'JWT_SECRET',
        ]);
      },
    );

    it.each(['staging', 'production'])('%s judges both secrets', (NODE_ENV) => {
      const weak = SECRET.slice(1);
      expect(faultsOf({ NODE_ENV, JWT_SECRET: weak, JWT_SECRET_PREVIOUS: weak })).toEqual([
        'JWT_SECRET',
        'JWT_SECRET_PREVIOUS',
      ]);
    });

    it('development leaves secrets to the developer', () => {
      expect(load({ JWT_SECRET: 'x', JWT_SECRET_PREVIOUS: 'y' }).tokens).toMatchObject({
        secret: 'x',
        previousSecret: 'y',
      });
      expect(load({ ADMIN_TOKEN: 'z' }).adminToken).toBe('z');
    });

    it.each([
      ['JWT_SECRET', 'hunter2'],
      ['JWT_SECRET', 'hunter2-changeme-hunter2-changeme-hunter2'],
      ['JWT_SECRET', 'hunter2'.repeat(8)],
      ['JWT_SECRET_PREVIOUS', 'hunter2'],
      ['DATABASE_URL', 'mysql://root:hunter2@localhost/evergreen'],
      ['DATABASE_DIRECT_URL', 'hunter2'],
      ['REDIS_URL', 'http://:hunter2@localhost'],
      ['SECURITY_WEBHOOK_SECRET', 'hunter2'],
      ['ADMIN_TOKEN', 'hunter2'],
      ['ADMIN_TOKEN', 'hunter2'.repeat(8)],
      ['SERVICE_TOKENS', 'hunter2'],
      ['SERVICE_TOKENS', 'orders:hunter2'],
      ['SERVICE_TOKENS', 'Hunter2hunter2:x'],
      ['SERVICE_TOKENS', 'orders:hunter2 hunter2'],
      ['SECURITY_WEBHOOK_URL', 'ftp://:hunter2@localhost'],
    ])('%s=%s is refused without being repeated', (name, value) => {
      const error = errorOf({ NODE_ENV: 'production', [name]: value });
      expect(error.message).toContain(name);
      expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain('hunter2');
    });
  });

  describe('SERVICE_TOKENS', () => {
    const [ONE, TWO] = [SECRET.replaceAll('6', '8'), SECRET.replaceAll('6', '9')];
    const inProduction = (SERVICE_TOKENS: string, others = {}) =>
      errorOf({ NODE_ENV: 'production', SERVICE_TOKENS, ...others }).message;

    it('are secrets by name', () => {
      const SERVICE_TOKENS = ` orders:${ONE}, ${'b'.repeat(40)}:${TWO},`;
      const { serviceTokens } = load({ NODE_ENV: 'production', SERVICE_TOKENS });
      expect(serviceTokens).toEqual({ orders: ONE, ['b'.repeat(40)]: TWO });
      expect(load({}).serviceTokens).toEqual({});
      expect(load({ SERVICE_TOKENS: 'a:x' }).serviceTokens).toEqual({ a: 'x' });
    });

    it.each([
      ['without a name', ONE, 'entry 1 must be name:secret'],
      ['with an empty name', `orders:${ONE},:${TWO}`, 'entry 2 must be name:secret'],
      ['with a name in capitals', `Orders:${ONE}`, 'entry 1 must be name:secret'],
      ['with a name that is too long', `${'b'.repeat(41)}:${ONE}`, 'entry 1 must be name:secret'],
      ['without a secret', 'orders:', 'entry "orders" must have a secret of'],
      ['with a secret that no header can contain', `orders:${ONE} x`, 'entry "orders" must have'],
      ['with a short secret', 'orders:hunter2', 'entry "orders" is shorter than 32 bytes'],
      ['with a placeholder', `orders:changeme${ONE}`, 'entry "orders" is a known placeholder'],
      ['with a name twice', `orders:${ONE},orders:${TWO}`, 'entry "orders" occurs twice'],
      [
        'with a secret twice',
        `orders:${ONE},billing:${ONE}`,
        'entry "billing" has the same secret as entry "orders"',
      ],
    ])('are refused %s', (_how, SERVICE_TOKENS, message) => {
      const text = inProduction(SERVICE_TOKENS);
      expect(text).toContain(`SERVICE_TOKENS ${message}`);
      expect(text).not.toContain('a5d391b2');
    });

    it('are not the token of operators', () => {
      expect(inProduction(`billing:${TWO},orders:${ONE}`, { ADMIN_TOKEN: ONE })).toContain(
        'SERVICE_TOKENS entry "orders" must not be the same as ADMIN_TOKEN',
      );
    });
  });

  it('sends traces nowhere unless it is told where to', () => {
    expect(load({ OTEL_SERVICE_NAME: 'x' }).tracing).toBeUndefined();
    expect(load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318/' }).tracing).toEqual({
      endpoint: 'http://localhost:4318',
      serviceName: 'evergreen-auth',
      sampledShare: 1,
      continuesCallers: false,
    });
  });

  it.each([
    ['HOST', ['127.0.0.1', '::', '::1', 'localhost', 'a-b.example'], ['*', '[::1]', 'a:80']],
    ['NETWORK_CHANGE_ACTION', ['log', 'reauthenticate'], ['revoke', 'Log']],
    ['SENDER_CONSTRAINT', ['off', 'offered', 'required'], ['on', 'Off']],
    ['PROOF_ON', ['default', 'all'], ['none', 'All']],
    ['METRICS_PORT', ['1', '65535'], ['0', '65536', 'x']],
    ['UV_THREADPOOL_SIZE', ['1', '1024'], ['0', '1025', 'x']],
    ['OTEL_TRACES_SAMPLER', ['traceidratio', 'parentbased_traceidratio'], ['always_on']],
    ['OTEL_TRACES_SAMPLER_ARG', ['0', '0.5', '1'], ['-1', '1.1', 'x']],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      ['http://localhost:4318', 'https://traces.example.com/otlp'],
      ['localhost:4318', 'grpc://localhost'],
    ],
    ['PORT', ['0', '1', '65535'], ['-1', '65536', '80.5', '1e3', ' 80', 'http']],
    ['BCRYPT_COST', ['4', '5', '20'], ['3', '21', '10.5']],
    ['DATABASE_POOL_SIZE', ['1', '2', '1000'], ['0', '1001']],
    ['REFRESH_GRACE_SECONDS', ['0', '299.5', '300'], ['300.5', '-1']],
    ['CLOCK_TOLERANCE_SECONDS', ['0', '299.5', '300'], ['300.5', '1e999']],
    ['THROTTLE_REFRESH_LIMIT', ['0', '1'], ['-1', '1.5', '9007199254740992']],
    ['SESSION_ABSOLUTE_MAX_DAYS', ['3652.9', '3653'], ['3653.1']],
    ['REFRESH_TOKEN_ENABLED', ['true', 'false'], ['TRUE', '0', 'no']],
    ['DATABASE_PREPARED_STATEMENTS', ['true', 'false'], ['on']],
    ['ROTATION_POLICY', ['confirm-on-use', 'strict'], ['Strict', 'none']],
    ['ANOMALY_ACTION', ['log', 'revoke'], ['ban']],
    ['SECURITY_EVENTS_KEEP_DAYS', ['0.5', '1', '3653'], ['0', '3653.1', 'ever']],
    [
      'SECURITY_WEBHOOK_URL',
      ['https://hooks.example.com/x', 'http://localhost:9000'],
      ['hooks.example.com', 'ftp://hooks.example.com'],
    ],
    ['LOG_LEVEL', ['fatal', 'trace', 'silent'], ['verbose']],
    [
      'DATABASE_URL',
      ['postgres://db/x', 'postgresql://db/x'],
      ['mysql://db/x', 'db:5432/x', ' postgres://db/x'],
    ],
    ['REDIS_URL', ['redis://cache', 'rediss://cache:6380/1'], ['cache:6379', 'http://cache']],
  ])('%s may be %j, not %j', (name, good, bad) => {
    for (const value of good) expect(() => load({ [name]: value })).not.toThrow();
    for (const value of bad) expect(faultsOf({ [name]: value })).toEqual([name]);
  });

  describe('with HOST', () => {
    it('is the loopback in development', () => {
      expect(load().host).toBe('localhost');
    });

    it.each(['staging', 'production'])('is all interfaces in %s', (NODE_ENV) => {
      const hasIPv6 = Object.values(networkInterfaces())
        .flat()
        .some((address) => address?.family === 'IPv6');
      expect(load({ NODE_ENV }).host).toBe(hasIPv6 ? '::' : '0.0.0.0');
    });
  });

  describe('with PUBLIC_URL', () => {
    it.each([
      [undefined, []],
      ['https://auth.example.com', [['https://auth.example.com', '']]],
      ['https://Auth.example.com:443/', [['https://auth.example.com', '']]],
      [
        'http://localhost:8000/auth/, https://b.example/x/y',
        [
          ['http://localhost:8000', '/auth'],
          ['https://b.example', '/x/y'],
        ],
      ],
    ])('%j is %j', (PUBLIC_URL, places) => {
      expect(load({ PUBLIC_URL }).publicUrls).toEqual(
        places.map(([origin = '', path = '']) => ({ href: origin + path, origin, path })),
      );
    });

    it.each([
      'auth.example.com',
      'ftp://auth.example.com',
      'https:auth.example.com',
      'https://',
      'https://auth.example.com?',
      'https://auth.example.com/?a=b',
      'https://auth.example.com/#top',
      'https://auth.example.com/a;Domain=example.com',
      'https://hunter2@auth.example.com',
      'https://a.example,b',
    ])('%j is refused', (PUBLIC_URL) => {
      expect(faultsOf({ PUBLIC_URL })).toEqual(['PUBLIC_URL']);
      expect(errorOf({ PUBLIC_URL }).message).not.toContain('hunter2');
    });
  });

  describe('with CORS_ORIGINS', () => {
    it.each([
      [undefined, []],
      ['', []],
      [' , ', []],
      ['https://app.example.com', ['https://app.example.com']],
      [
        ' https://app.example.com , http://localhost:5173, ',
        ['https://app.example.com', 'http://localhost:5173'],
      ],
      ['http://[::1]:3000', ['http://[::1]:3000']],
    ])('%j is %j', (CORS_ORIGINS, origins) => {
      expect(load({ CORS_ORIGINS }).corsOrigins).toEqual(origins);
    });

    it.each([
      '*',
      'null',
      'app.example.com',
      'https://app.example.com/',
      'https://app.example.com/path',
      'https://app.example.com:443',
      'https://APP.example.com',
      'https://user@app.example.com',
      'https://app.example.com;https://b.example.com',
      'https://app.example.com,*',
    ])('%j is refused', (CORS_ORIGINS) => {
      expect(faultsOf({ CORS_ORIGINS })).toEqual(['CORS_ORIGINS']);
    });
  });

  describe('with TRUST_PROXY', () => {
    it.each([
      [undefined, []],
      ['127.0.0.1', ['127.0.0.1']],
      ['127.0.0.1, 10.0.0.0/8,', ['127.0.0.1', '10.0.0.0/8']],
      ['10.0.0.0/31,10.0.0.0/32', ['10.0.0.0/31', '10.0.0.0/32']],
      ['::1,2001:db8::/127,2001:db8::/128', ['::1', '2001:db8::/127', '2001:db8::/128']],
    ])('%j is %j', (TRUST_PROXY, networks) => {
      expect(load({ TRUST_PROXY }).trustedProxies).toEqual(networks);
    });

    it.each([
      'true',
      '*',
      '1',
      'loopback',
      'proxy.internal',
      '10.0.0.256',
      '10.0.0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0.0/255.0.0.0',
      '2001:db8::/129',
      '127.0.0.1,true',
    ])('%j is refused', (TRUST_PROXY) => {
      expect(faultsOf({ TRUST_PROXY })).toEqual(['TRUST_PROXY']);
      expect(errorOf({ TRUST_PROXY }).message).toContain('127.0.0.1,10.0.0.0/8');
    });
  });

  describe.each(['ANOMALY_ACTION', 'NETWORK_CHANGE_ACTION'])('with %s=notify', (variable) => {
    const webhook = {
      SECURITY_WEBHOOK_URL: 'https://hooks.example.com/evergreen',
      SECURITY_WEBHOOK_SECRET: SECRET,
    };

    it('knows whom to tell', () => {
      const { activity, sessions } = load({ [variable]: 'notify', ...webhook });
      const { anomalyAction, networkChangeAction } = sessions;
      expect([anomalyAction, networkChangeAction].sort()).toEqual(['log', 'notify']);
      expect(activity).toEqual({
        keepSeconds: 90 * DAY,
        webhook: { url: webhook.SECURITY_WEBHOOK_URL, secret: SECRET },
      });
    });

    it('needs an address and a secret, and says so beside other faults', () => {
      expect(faultsOf({ [variable]: 'notify' })).toEqual([
        'SECURITY_WEBHOOK_URL',
        'SECURITY_WEBHOOK_SECRET',
      ]);
      expect(
        faultsOf({ [variable]: 'notify', ...webhook, SECURITY_WEBHOOK_URL: '', PORT: 'x' }),
      ).toEqual(['PORT', 'SECURITY_WEBHOOK_URL']);
    });

    it.each(['staging', 'production'])(
      'asks in %s for a secret that nobody guesses',
      (NODE_ENV) => {
        expect(
          faultsOf({
            NODE_ENV,
            [variable]: 'notify',
            ...webhook,
            SECURITY_WEBHOOK_SECRET: 'hunter2',
          }),
        ).toEqual(['SECURITY_WEBHOOK_SECRET']);
      },
    );
  });

  it('tells nobody of anomalies unless it is asked to', () => {
    expect(
      load({ SECURITY_WEBHOOK_URL: 'https://hooks.example.com', SECURITY_WEBHOOK_SECRET: SECRET })
        .activity.webhook,
    ).toBeUndefined();
  });

  describe('with mail', () => {
    const inProduction = { NODE_ENV: 'production', ...MAIL, PUBLIC_URL };

    it('sends links to PUBLIC_URL, the first one', () => {
      const { links } = load({
        ...inProduction,
        PUBLIC_URL: `${PUBLIC_URL}/,https://example.org`,
      }).mail;
      expect(links).toEqual({
        resetPassword: `${PUBLIC_URL}/reset-password`,
        verifyEmail: `${PUBLIC_URL}/verify-email`,
        undoEmailChange: `${PUBLIC_URL}/undo-email-change`,
      });
    });

    it('sends links to pages of a team', () => {
      const pages = {
        MAIL_LINK_RESET: 'https://app.example.com/reset?lang=de',
        MAIL_LINK_VERIFY: 'https://app.example.com/verify',
        MAIL_LINK_UNDO: 'https://app.example.com/undo',
      };
      const { mail } = load({ ...inProduction, ...pages, PUBLIC_URL: '' });
      expect(Object.values(mail.links)).toEqual(Object.values(pages));
    });

    it.each(['staging', 'production'])('in %s needs a sender, and where links lead', (NODE_ENV) => {
      const given = { NODE_ENV, MAIL_URL: MAIL.MAIL_URL };
      expect(faultsOf(given)).toEqual(['MAIL_FROM', 'PUBLIC_URL']);
      expect(faultsOf({ ...given, ...MAIL, MAIL_LINK_RESET: 'https://a.example/reset' })).toEqual([
        'PUBLIC_URL',
      ]);
    });

    it('in development sends links to this machine', () => {
      expect(load({ ...MAIL, PORT: '8001' }).mail.links.resetPassword).toBe(
        'http://localhost:8001/reset-password',
      );
    });

    it.each([
      'smtp://localhost',
      'smtp://mail.example.com:587?tls=optional',
      'smtps://user%40example.com:p%40ss@mail.example.com:465/?ca=/etc/ca.pem',
      'smtp://[::1]:1025',
    ])('accepts the server %s', (MAIL_URL) => {
      expect(load({ ...inProduction, MAIL_URL }).mail.url).toBe(MAIL_URL);
    });

    it.each([
      'mail.example.com',
      'https://mail.example.com',
      'smtp://',
      'smtp://mail.example.com/inbox',
      'smtp://mail.example.com?tls=off',
      'smtp://mail.example.com?logger=true',
      'smtp://user:hunter2%@mail.example.com',
    ])('refuses the server %s, and repeats no part of it', (MAIL_URL) => {
      expect(faultsOf({ ...inProduction, MAIL_URL })).toEqual(['MAIL_URL']);
      expect(errorOf({ ...inProduction, MAIL_URL }).message).not.toContain('hunter2');
    });

    it.each(['a@example.com', 'Example <a@example.com>', 'Bücher & Co. <a+b@example.com>'])(
      'accepts the sender %s',
      (MAIL_FROM) => {
        expect(load({ ...inProduction, MAIL_FROM }).mail.from).toBe(MAIL_FROM);
      },
    );

    it.each([
      'example.com',
      'a@example.com, b@example.com',
      'Example <a@example.com> <b@example.com>',
      'Example\r\nBcc: b@example.com <a@example.com>',
      'a@example.com\nBcc: b@example.com',
      '<a b@example.com>',
      'a@exa mple.com',
    ])('refuses the sender %j', (MAIL_FROM) => {
      expect(faultsOf({ ...inProduction, MAIL_FROM })).toEqual(['MAIL_FROM']);
    });

    it.each([
      '/reset',
      'javascript:alert(1)',
      'https://a.example/#/reset',
      'https://u:p@a.example',
    ])('refuses the page %s', (MAIL_LINK_RESET) => {
      expect(faultsOf({ ...inProduction, MAIL_LINK_RESET })).toEqual(['MAIL_LINK_RESET']);
    });

    it.each([
      ['', ['new_device', 'password_changed', 'address_changed', 'session_ended_for_reuse']],
      ['none', []],
      ['new_device, password_changed', ['new_device', 'password_changed']],
    ])('MAIL_NOTICES=%s turns on %j', (MAIL_NOTICES, notices) => {
      expect(load({ MAIL_NOTICES }).mail.notices).toEqual(notices);
    });

    it('refuses a notice that is none, such as one that must not be turned off', () => {
      expect(faultsOf({ MAIL_NOTICES: 'new_device,reset_password' })).toEqual(['MAIL_NOTICES']);
    });

    it.each(['english', 'EN', 'de_DE'])('refuses the language %s', (MAIL_LOCALE) => {
      expect(faultsOf({ MAIL_LOCALE })).toEqual(['MAIL_LOCALE']);
    });

    it.each(['staging', 'production'])('in %s warns where there is no server', (NODE_ENV) => {
      expect(load({ NODE_ENV }).warnings).toEqual([expect.stringContaining('MAIL_URL')]);
      expect(load({ ...inProduction, NODE_ENV }).warnings).toEqual([]);
      expect(load().warnings).toEqual([]);
    });
  });

  it('uses the one database for what a pooler cannot carry, unless another is given', () => {
    expect(load().database).toMatchObject({
      url: NEEDED.DATABASE_URL,
      directUrl: NEEDED.DATABASE_URL,
    });
    expect(load({ DATABASE_DIRECT_URL: 'postgres://direct/x' }).database.directUrl).toBe(
      'postgres://direct/x',
    );
  });

  it.each(EVERYWHERE)('gives %s nothing that can be changed', (NODE_ENV) => {
    const config = load({
      NODE_ENV,
      CORS_ORIGINS: 'https://a.example',
      TRUST_PROXY: '127.0.0.1',
      AUTO_RENEW_MAX_HOURS: '0.1',
    });
    expect(mutablePartsOf(config)).toEqual([]);
  });

  describe('with warnings', () => {
    it.each([
      ['1.99', 1],
      ['2', 1],
      ['2.01', 0],
    ])(
      'AUTO_RENEW_MAX_HOURS=%s beside access tokens of two hours: %d',
      (AUTO_RENEW_MAX_HOURS, warnings) => {
        expect(load({ AUTO_RENEW_MAX_HOURS, JWT_EXPIRES_IN: '2h' }).warnings).toHaveLength(
          warnings,
        );
      },
    );

    it.each([
      ['development', '4', 0],
      ['staging', '9', 1],
      ['production', '9', 1],
      ['production', '10', 0],
      ['production', '11', 0],
    ])('%s with BCRYPT_COST=%s: %d', (NODE_ENV, BCRYPT_COST, warnings) => {
      const given = { NODE_ENV, ...MAIL, PUBLIC_URL, BCRYPT_COST };
      expect(load(given).warnings).toHaveLength(warnings);
    });

    it('names what is nearly a variable, and what was meant', () => {
      const [warning, ...rest] = load({ ACESS_TOKEN_EXPIRE_MINUTES: '5', PATH: '/bin' }).warnings;
      expect(warning).toContain('ACESS_TOKEN_EXPIRE_MINUTES');
      expect(warning).toContain('ACCESS_TOKEN_EXPIRE_MINUTES');
      expect(rest).toEqual([]);
      expect(load({ JWT_SECRETS: '' }).warnings).toEqual([]);
    });

    it.each([
      ['missing', { JWT_SECRET: '', JWT_SECRETS: 'hunter2' }, ['JWT_SECRET', 'JWT_SECRETS']],
      ['missing', { JWT_SECRET: '', CORS_ORIGIN: 'hunter2' }, ['JWT_SECRET', 'CORS_ORIGIN']],
      ['invalid', { PORT: 'hunter2', CORS_ORIGIN: 'hunter2' }, ['PORT', 'CORS_ORIGIN']],
      ['NODE_ENV', { NODE_ENV: 'prod', CORS_ORIGIN: 'hunter2' }, ['NODE_ENV', 'CORS_ORIGIN']],
      [
        'in no file',
        { JWT_SECRET: '', JWT_SECRET_FILE: '/absent', CORS_ORIGIN: 'hunter2' },
        ['JWT_SECRET_FILE', 'CORS_ORIGIN'],
      ],
    ])('names it beside a variable that is %s: %p', (_case, given, faults) => {
      const all = { NODE_ENV: 'production', ...given };
      expect(faultsOf(all)).toEqual(faults);
      expect(errorOf(all).message).toContain('did you mean');
      expect(errorOf(all).message).not.toContain('hunter2');
    });

    it('tells of each', () => {
      const [renewal, cost, mail, ...rest] = load({
        NODE_ENV: 'production',
        AUTO_RENEW_MAX_HOURS: '0.5',
        BCRYPT_COST: '4',
      }).warnings;
      expect(renewal).toContain('AUTO_RENEW_MAX_HOURS');
      expect(cost).toContain('BCRYPT_COST');
      expect(mail).toContain('MAIL_URL');
      expect(rest).toEqual([]);
    });
  });

  describe('a login provider', () => {
    const OIDC = { OIDC_ISSUER: 'https://login.example.com', OIDC_CLIENT_ID: 'evergreen' };

    it('is there with an issuer and a client, and is trusted about addresses only if told', () => {
      expect(load({}).oidc).toBeUndefined();
      const oidc = { name: 'oidc', issuer: OIDC.OIDC_ISSUER, clientId: 'evergreen' };
      expect(load(OIDC).oidc).toMatchObject({ ...oidc, linksByAddress: false });
      expect(load({ ...OIDC, OIDC_LINK_BY_ADDRESS: 'true' }).oidc?.linksByAddress).toBe(true);
    });

    it('needs both', () => {
      expect(faultsOf({ OIDC_ISSUER: OIDC.OIDC_ISSUER })).toEqual(['OIDC_CLIENT_ID']);
      expect(faultsOf({ OIDC_CLIENT_ID: 'evergreen' })).toEqual(['OIDC_ISSUER']);
    });

    it.each(['http://login.example.com', 'https://a:b@login.example.com', 'https://a.example/?x'])(
      'is not at %s',
      (OIDC_ISSUER) => expect(faultsOf({ ...OIDC, OIDC_ISSUER })).toEqual(['OIDC_ISSUER']),
    );

    it('is on this machine in development alone', () => {
      const local = { ...OIDC, OIDC_ISSUER: 'http://localhost:3000' };
      expect(load(local).oidc?.issuer).toBe('http://localhost:3000');
      expect(faultsOf({ NODE_ENV: 'production', ...local })).toEqual(['OIDC_ISSUER']);
    });

    it('has names and scopes that work', () => {
      expect(faultsOf({ ...OIDC, OIDC_NAME: 'a/b' })).toEqual(['OIDC_NAME']);
      expect(faultsOf({ ...OIDC, OIDC_SCOPES: 'email' })).toEqual(['OIDC_SCOPES']);
    });
  });
});

function mutablePartsOf(value: unknown, path = 'config'): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, part]) =>
    mutablePartsOf(part, `${path}.${name}`),
  );
  return Object.isFrozen(value) ? inner : [path, ...inner];
}
