import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as pause } from 'node:timers/promises';
import type { PublishedQuery } from '../../src/platform/database/index.js';
import { call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

/** Where each query is told of as it begins. */
const QUERIES = 'tracing:evergreen.query:start';

describe('GET /health/ready', () => {
  let app: TestApp;
  let proxy: TcpProxy;
  let asked: number;

  const count = (query: unknown) => void ((query as PublishedQuery).summary === 'ready' && asked++);
  const probe = async () => call<{ status?: string }>('GET', `${app.url}/health/ready`);
  const probes = async (number: number) =>
    new Set((await Promise.all(Array.from({ length: number }, probe))).map(({ status }) => status));

  beforeEach(async () => {
    proxy = await startTcpProxy(Number(new URL(process.env.TEST_POSTGRES_URL ?? '').port));
    app = await startApp({ reach: (url) => through(proxy, url) });
    asked = 0;
    subscribe(QUERIES, count);
    await eventually(async () => (await probe()).status === 200);
    await pause(1000);
    asked = 0;
  });
  afterEach(async () => {
    unsubscribe(QUERIES, count);
    proxy.mode = 'open';
    await app.close();
    await proxy.close();
  });

  it('asks the database once a second, however many ask', async () => {
    const begin = performance.now();
    while (performance.now() - begin < 1500) expect(await probes(100)).toEqual(new Set([200]));
    expect(asked).toBeGreaterThan(1);
    expect(asked).toBeLessThanOrEqual(Math.ceil((performance.now() - begin) / 1000) + 1);
  });

  it('takes one connection at most while the database does not answer', async () => {
    proxy.mode = 'silent';
    expect(await probes(200)).toEqual(new Set([503]));
    expect(asked).toBe(1);
    proxy.mode = 'open';
    expect(await eventually(async () => (await probe()).status === 200)).toBeLessThan(9000);
  });
});
