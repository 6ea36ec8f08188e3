import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnIsOver } from 'node:timers/promises';
import type { Logger } from 'pino';
import { QueryFailedError } from 'typeorm';
import type { Config } from '../config/index.js';
import { createLogger, NestLogger, withoutRedaction } from './logger.js';

const folder = mkdtempSync(join(tmpdir(), 'evergreen-log-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

/** A logger that writes to a file, and what it has written. */
async function capture({
  logLevel = 'trace',
  environment = 'production',
  isTTY = false,
}: Partial<Config> & { isTTY?: boolean } = {}) {
  const file = join(folder, String(files++));
  const logger = await createLogger({ environment, logLevel }, { isTTY, fd: openSync(file, 'a') });
  const text = async () => {
    await turnIsOver();
    return readFileSync(file, 'utf8');
  };
  const lines = async () => (await text()).split('\n').filter(Boolean);
  return {
    logger,
    nest: new NestLogger(logger),
    text,
    lines,
    entries: async () => (await lines()).map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** As TypeORM throws it where a row is there already. */
const failedInsert = () =>
  new QueryFailedError(
    'INSERT INTO users VALUES ($1)',
    ['hunter2'],
    Object.assign(new Error('duplicate key value violates unique constraint "users_email_key"'), {
      code: '23505',
      detail: 'Key (lower(email))=(hunter2) already exists.',
      where: 'hunter2',
    }),
  );

const INFO = 30;
const ERROR = 50;

describe('createLogger', () => {
  it('writes one line of JSON with an ISO time, and nothing of the machine', async () => {
    const { logger, text, lines, entries } = await capture();
    logger.info({ status: 200 }, 'two\nlines');
    expect(await lines()).toHaveLength(1);
    expect(await text()).toMatch(/^[^\n]*\n$/);
    expect(await entries()).toEqual([
      {
        level: INFO,
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        status: 200,
        msg: 'two\nlines',
      },
    ]);
  });

  it.each([
    ['debug', 3],
    ['info', 2],
    ['warn', 1],
    ['error', 0],
    ['silent', 0],
  ] as const)('writes what is at least of level %s', async (logLevel, count) => {
    const { logger, lines } = await capture({ logLevel });
    logger.debug('debug');
    logger.info('info');
    logger.warn('warn');
    expect(await lines()).toHaveLength(count);
  });

  it.each([
    ['as an error', (logger: Logger, error: Error) => logger.error(error)],
    [
      'as an error with a message',
      (logger: Logger, error: Error) => logger.error(error, 'It failed.'),
    ],
    [
      'as a member',
      (logger: Logger, error: Error) => logger.error({ err: error, request_id: '1' }),
    ],
    [
      'by a child',
      (logger: Logger, error: Error) => logger.child({ request_id: '1' }).error({ err: error }),
    ],
  ])('keeps the values of a query out of its line: %s', async (_case, write) => {
    const { logger, text, entries } = await capture();
    write(logger, failedInsert());
    expect(await entries()).toMatchObject([
      { level: ERROR, err: { type: 'QueryFailedError', code: '23505' } },
    ]);
    expect(Object.keys((await entries())[0]!.err as object).sort()).toEqual([
      'code',
      'message',
      'stack',
      'type',
    ]);
    expect(await text()).not.toContain('hunter2');
  });

  it('has the place where an error was thrown', async () => {
    const { logger, entries } = await capture();
    logger.error({ err: new TypeError('It is none.') });
    expect(await entries()).toMatchObject([
      {
        err: {
          type: 'TypeError',
          message: 'It is none.',
          stack: expect.stringContaining('logger.spec'),
        },
        msg: 'It is none.',
      },
    ]);
  });

  it('redacts members with the name of a secret, as deep as the headers of a request', async () => {
    const { logger, text, entries } = await capture();
    logger.info({
      password: 'hunter2',
      headers: { Authorization: 'hunter2', host: 'localhost' },
      answer: {
        cookies: [{ refresh_token: 'hunter2' }],
        request: { headers: { cookie: 'hunter2' } },
      },
      sent_at: new Date(0),
    });
    expect(await text()).not.toContain('hunter2');
    expect(await entries()).toMatchObject([
      {
        password: '[redacted]',
        headers: { Authorization: '[redacted]', host: 'localhost' },
        sent_at: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  it.each([
    ['in development, at a terminal', 'development', true, false],
    ['in development, into a file', 'development', false, true],
    ['in production, at a terminal', 'production', true, true],
  ] as const)(
    'writes for people or for programs: %s',
    async (_case, environment, isTTY, isJson) => {
      const { logger, text, lines } = await capture({ environment, isTTY });
      logger.info({ status: 200, password: 'hunter2' }, 'It is up.');
      expect(await lines()).toHaveLength(1);
      expect((await text()).startsWith('{')).toBe(isJson);
      expect(await text()).toContain('It is up.');
      expect(await text()).not.toContain('hunter2');
    },
  );

  describe('at a terminal in development', () => {
    const terminal = { environment: 'development', isTTY: true } as const;
    const request = {
      request_id: 'a1',
      method: 'GET',
      route: '/api/auth/me',
      status: 200,
      user_id: 'u1',
      milliseconds: 4,
    };

    /** Without colours and the time. */
    const plain = (line = '') => line.replace(/\x1b\[\d+m/g, '').replace(/^\[[\d:.]+\] /, '');

    it('begins the line of a request with what it was, and has the rest behind', async () => {
      const { logger, lines } = await capture(terminal);
      logger.info(request, 'request');
      withoutRedaction(logger).warn({ ...request, status: 401, code: 'token_missing' }, 'request');
      expect((await lines()).map(plain)).toEqual([
        'INFO: GET /api/auth/me 200 4 ms {"request_id":"a1","user_id":"u1"}',
        'WARN: GET /api/auth/me 401 4 ms {"request_id":"a1","user_id":"u1","code":"token_missing"}',
      ]);
    });

    it.each([
      ['another message', request, 'It was slow.'],
      ['no route', { method: 'GET' }, 'request'],
    ])('leaves a line with %s as it is', async (_case, members, message) => {
      const { logger, lines } = await capture(terminal);
      logger.info(members, message);
      expect((await lines()).map(plain)).toEqual([`INFO: ${message} ${JSON.stringify(members)}`]);
    });
  });

  it('leaves the line of a request as it is where programs read it', async () => {
    const { logger, entries } = await capture({ environment: 'development' });
    logger.info({ method: 'GET', route: '/', status: 200, milliseconds: 4 }, 'request');
    expect(await entries()).toMatchObject([{ method: 'GET', status: 200, msg: 'request' }]);
  });

  it.each([['text'], [42], [null], [{ a: 1 }]])(
    'writes %p as it is where an error is expected',
    async (thrown) => {
      const { logger, entries } = await capture();
      logger.error({ err: thrown }, 'It failed.');
      expect(await entries()).toMatchObject([{ err: thrown }]);
    },
  );
});

describe('NestLogger', () => {
  it.each([
    ['fatal', 60],
    ['error', 50],
    ['warn', 40],
    ['log', 30],
    ['debug', 20],
    ['verbose', 10],
  ] as const)('writes %s at level %d', async (method, level) => {
    const { nest, entries } = await capture();
    nest[method]('It happened.', 'Sweeper');
    expect(await entries()).toMatchObject([{ level, context: 'Sweeper', msg: 'It happened.' }]);
  });

  it.each(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'])(
    'writes information of %s at level debug, and warnings as warnings',
    async (context) => {
      const { nest, lines } = await capture({ logLevel: 'info' });
      nest.log('It is mapped.', context);
      expect(await lines()).toEqual([]);
      nest.warn('It is not mapped.', context);
      expect(await lines()).toHaveLength(1);
    },
  );

  it('keeps the values between the message and the context', async () => {
    const { nest, entries } = await capture();
    nest.error('It failed.', 'at once', undefined, 'Sweeper');
    expect(await entries()).toMatchObject([
      { context: 'Sweeper', details: ['at once'], msg: 'It failed.' },
    ]);
  });

  it('spreads the members of an object, and takes the text after it as the message', async () => {
    const { nest, entries } = await capture();
    nest.warn({ rows: 3 }, 'They were not deleted.', 'Sweeper');
    expect(await entries()).toMatchObject([
      { rows: 3, context: 'Sweeper', msg: 'They were not deleted.' },
    ]);
  });

  it.each([[undefined], [null], [42], ['']])('writes %p', async (message) => {
    const { nest, entries } = await capture();
    nest.log(message);
    expect(await entries()).toMatchObject([{ level: INFO, msg: String(message) }]);
  });

  it('leaves the values of a query out of the line of an error', async () => {
    const { nest, text, entries } = await capture();
    nest.error({ err: failedInsert(), request_id: '1' }, 'ProblemFilter');
    nest.warn({ err: failedInsert() }, 'They were not deleted.', 'Sweeper');
    expect(await entries()).toMatchObject([
      { err: { code: '23505' }, request_id: '1', context: 'ProblemFilter' },
      { err: { code: '23505' } },
    ]);
    expect(await text()).not.toContain('hunter2');
  });
});
