import { pino, type Logger } from 'pino';
import { QueryFailedError } from 'typeorm';
import type { Config } from '../config/index.js';
import { createLogger, NestLogger } from './logger.js';

/** The process's own logger, with what it writes to standard output kept here instead. */
function capture(logLevel: Config['logLevel'] = 'trace') {
  const lines: string[] = [];
  const logger: Logger = Object.assign(createLogger({ logLevel }), {
    [pino.symbols.streamSym]: { write: (line: string) => lines.push(line) },
  });
  return { logger, nest: new NestLogger(logger), lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
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
  it('writes one line of JSON with an ISO time, and nothing of the machine', () => {
    const { logger, lines, entries } = capture();
    logger.info({ status: 200 }, 'two\nlines');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[^\n]*\n$/);
    expect(entries()).toEqual([{ level: INFO, time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/), status: 200, msg: 'two\nlines' }]);
  });

  it.each([
    ['debug', 3],
    ['info', 2],
    ['warn', 1],
    ['error', 0],
    ['silent', 0],
  ] as const)('writes what is at least of level %s', (logLevel, count) => {
    const { logger, lines } = capture(logLevel);
    logger.debug('debug');
    logger.info('info');
    logger.warn('warn');
    expect(lines).toHaveLength(count);
  });

  it.each([
    ['as an error', (logger: Logger, error: Error) => logger.error(error)],
    ['as an error with a message', (logger: Logger, error: Error) => logger.error(error, 'It failed.')],
    ['as a member', (logger: Logger, error: Error) => logger.error({ err: error, request_id: '1' })],
    ['by a child', (logger: Logger, error: Error) => logger.child({ request_id: '1' }).error({ err: error })],
  ])('keeps the values of a query out of its line: %s', (_case, write) => {
    const { logger, lines, entries } = capture();
    write(logger, failedInsert());
    expect(entries()).toMatchObject([{ level: ERROR, err: { type: 'QueryFailedError', code: '23505' } }]);
    expect(Object.keys(entries()[0]!.err as object).sort()).toEqual(['code', 'message', 'stack', 'type']);
    expect(lines.join()).not.toContain('hunter2');
  });

  it('tells where an error was thrown', () => {
    const { logger, entries } = capture();
    logger.error({ err: new TypeError('It is none.') });
    expect(entries()).toMatchObject([
      { err: { type: 'TypeError', message: 'It is none.', stack: expect.stringContaining('logger.spec') }, msg: 'It is none.' },
    ]);
  });

  it.each([['text'], [42], [null], [{ a: 1 }]])('writes %p in the place of an error as it is', (thrown) => {
    const { logger, entries } = capture();
    logger.error({ err: thrown }, 'It failed.');
    expect(entries()).toMatchObject([{ err: thrown }]);
  });
});

describe('NestLogger', () => {
  it.each([
    ['fatal', 60],
    ['error', 50],
    ['warn', 40],
    ['log', 30],
    ['debug', 20],
    ['verbose', 10],
  ] as const)('writes %s at level %d', (method, level) => {
    const { nest, entries } = capture();
    nest[method]('It happened.', 'Sweeper');
    expect(entries()).toMatchObject([{ level, context: 'Sweeper', msg: 'It happened.' }]);
  });

  it.each(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication'])('is quiet about %s', (context) => {
    const { nest, lines } = capture('info');
    nest.log('It is mapped.', context);
    expect(lines).toEqual([]);
    nest.warn('It is not mapped.', context);
    expect(lines).toHaveLength(1);
  });

  it('keeps what comes between the message and the context', () => {
    const { nest, entries } = capture();
    nest.error('It failed.', 'at once', undefined, 'Sweeper');
    expect(entries()).toMatchObject([{ context: 'Sweeper', details: ['at once'], msg: 'It failed.' }]);
  });

  it('spreads the members of an object, and takes the text beside it for the message', () => {
    const { nest, entries } = capture();
    nest.warn({ rows: 3 }, 'They were not deleted.', 'Sweeper');
    expect(entries()).toMatchObject([{ rows: 3, context: 'Sweeper', msg: 'They were not deleted.' }]);
  });

  it.each([[undefined], [null], [42], ['']])('writes %p', (message) => {
    const { nest, entries } = capture();
    nest.log(message);
    expect(entries()).toMatchObject([{ level: INFO, msg: String(message) }]);
  });

  it('keeps the values of a query out of the line of an error', () => {
    const { nest, lines, entries } = capture();
    nest.error({ err: failedInsert(), request_id: '1' }, 'ProblemFilter');
    nest.warn({ err: failedInsert() }, 'They were not deleted.', 'Sweeper');
    expect(entries()).toMatchObject([{ err: { code: '23505' }, request_id: '1', context: 'ProblemFilter' }, { err: { code: '23505' } }]);
    expect(lines.join()).not.toContain('hunter2');
  });
});
