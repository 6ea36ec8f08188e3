import { setTimeout as pause } from 'node:timers/promises';
import { loadConfig, readEnvironment } from '../../src/platform/config/index.js';
import { isDatabaseOutage } from '../../src/platform/errors/index.js';
import { Primaries } from '../../src/platform/database/index.js';
import { Pipelines } from '../../src/platform/database/connections/pipelines.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

/** Two of five connections. */
const POOL_SIZE = '5';

const outageOr = (error: unknown) => (isDatabaseOutage(error) ? 'outage' : error);

describe('Pipelines', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let pipelines: Pipelines;

  const pipelinesTo = (variables: Record<string, string>) => {
    const config = loadConfig(
      readEnvironment({ DATABASE_POOL_SIZE: POOL_SIZE, JWT_SECRET: 'x', ...variables }),
    );
    return new Pipelines(config, new Primaries(config));
  };
  const responseTo = async (text: string, values: unknown[] = []) =>
    (await pipelines.send<{ response: unknown }>({ text, values })).rows[0]?.response;

  beforeAll(async () => {
    database = await createDatabase();
    proxy = await startTcpProxy(Number(new URL(database.url).port));
  });
  afterAll(async () => {
    await proxy.close();
    await database.drop();
  });
  beforeEach(() => (pipelines = pipelinesTo({ DATABASE_URL: through(proxy, database.url) })));
  afterEach(async () => pipelines.onApplicationShutdown());

  it('give each its own answer, over as many connections as they may have', async () => {
    const numbers = Array.from({ length: 150 }, (_, number) => number);
    const responses = numbers.map(async (number) =>
      responseTo('SELECT $1::int AS response', [number]),
    );
    expect(await Promise.all(responses)).toEqual(numbers);
    expect(pipelines.connections).toEqual({ idle: 2, inUse: 0 });
  });

  it('let a statement fail alone', async () => {
    const [failed, ...others] = await Promise.allSettled(
      ['1 / 0', '1', '2', '3', '4'].map(async (value) => responseTo(`SELECT ${value} AS response`)),
    );
    expect(failed).toMatchObject({ status: 'rejected', reason: { code: '22012' } });
    expect(others.map((other) => other.status === 'fulfilled' && other.value)).toEqual([
      1, 2, 3, 4,
    ]);
  });

  it('send the next one where least are waited for', async () => {
    let isSlowDone = false;
    const slow = responseTo('SELECT pg_sleep(1)::text AS response').finally(
      () => (isSlowDone = true),
    );
    for (let count = 0; count < 5; count++)
      expect(await responseTo('SELECT 1 AS response')).toBe(1);
    expect(isSlowDone).toBe(false);
    await slow;
  });

  it('send away what would wait in vain', async () => {
    const asked = Array.from({ length: 250 }, async () =>
      responseTo('SELECT 1 AS response').catch(outageOr),
    );
    const responses = await Promise.all(asked);
    expect(responses.filter((response) => response === 1)).toHaveLength(200);
    expect(responses.filter((response) => response === 'outage')).toHaveLength(50);
  });

  it('tell all that wait when their connection is lost, and connect anew', async () => {
    await responseTo('SELECT 1 AS response');
    const asked = Array.from({ length: 6 }, async () =>
      responseTo('SELECT pg_sleep(5)::text AS response').catch(outageOr),
    );
    await pause(200);
    proxy.mode = 'cut';
    proxy.mode = 'open';
    expect(await Promise.all(asked)).toEqual(Array.from({ length: 6 }, () => 'outage'));
    expect(await responseTo('SELECT 1 AS response')).toBe(1);
  });

  it('are none where a pooler is in between', () => {
    const pooled = pipelinesTo({
      DATABASE_URL: through(proxy, database.url),
      DATABASE_DIRECT_URL: database.url,
    });
    expect(pooled.areOpen).toBe(false);
  });
});
