import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/platform/database/embedded/index.js';
import { Api, outcomeOf, refreshTokenOf } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer } from '../support/server-process.js';
import { startTcpProxy, through } from '../support/tcp-proxy.js';

const OUTAGE_MS = 10_000;
/** "Within seconds": the longest that a request may wait for its 503. */
const ANSWER_WITHIN_MS = 8000;

interface Client {
  readonly api: Api;
  accessToken: string;
  refreshToken: string;
}

/** Clients that refresh and read until told to stop, and note how each request was answered. */
function sendTraffic(clients: readonly Client[]) {
  const answers: { status: number; code?: string; ms: number }[] = [];
  const over = new AbortController();
  const note = async <T extends { status: number; body: { code?: string } }>(request: Promise<T>): Promise<T> => {
    const begin = performance.now();
    const answer = await request;
    answers.push({ status: answer.status, code: answer.body.code, ms: performance.now() - begin });
    return answer;
  };
  const work = Promise.all(
    clients.map(async (client) => {
      while (!over.signal.aborted) {
        const refreshed = await note(client.api.refresh(client.refreshToken));
        if (refreshed.status === 200) {
          client.refreshToken = refreshTokenOf(refreshed.body);
          client.accessToken = refreshed.body.access_token;
        }
        await note(client.api.me(client.accessToken));
        await pause(20);
      }
    }),
  );
  return {
    answers,
    end: async () => {
      over.abort();
      await work;
    },
  };
}

async function signIn(url: string, count: number): Promise<Client[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const api = new Api(url);
      const signedIn = await api.register();
      return { api, accessToken: signedIn.access_token, refreshToken: refreshTokenOf(signedIn) };
    }),
  );
}

describe('an outage of the database', () => {
  it('stopped for 10 s and started again under traffic: only 200 and 503, and every stored token still refreshes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evergreen-outage-'));
    chmodSync(folder, 0o711);
    const dataFolder = join(folder, 'data');
    let postgres = await startEmbeddedPostgres({ dataFolder });
    const proxy = await startTcpProxy(Number(new URL(postgres.url).port));
    const server = await startServer({ ...serverEnvironment(through(proxy, postgres.url)) });
    const clients = await signIn(server.url, 8);
    const traffic = sendTraffic(clients);
    await pause(500);

    await stopPostmaster(dataFolder);
    await pause(OUTAGE_MS);
    expect(traffic.answers.at(-1)).toMatchObject({ status: 503 });
    postgres = await restart(postgres, dataFolder);
    proxy.target = Number(new URL(postgres.url).port);
    await eventually(() => traffic.answers.at(-1)?.status === 200, { withinMs: 20_000 });
    await pause(500);
    await traffic.end();

    const kinds = new Set(traffic.answers.map(({ status, code }) => [status, code].filter(Boolean).join(' ')));
    expect([...kinds].sort()).toEqual(['200', '503 service_unavailable']);
    expect(Math.max(...traffic.answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_WITHIN_MS);
    for (const client of clients)
      expect(['rotated', 'replayed', 'reissued']).toContain(outcomeOf(await client.api.refresh(client.refreshToken)));

    await server.stop();
    await proxy.close();
    await postgres.stop();
    const elsewhere = join(dataFolder, 'postgres-location');
    if (existsSync(elsewhere)) rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  it('silent, so that nobody is told: 503 within seconds, and back without a restart', async () => {
    const database = await createDatabase();
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const server = await startServer({ ...serverEnvironment(through(proxy, database.url)) });
    const clients = await signIn(server.url, 8);
    const traffic = sendTraffic(clients);
    await pause(500);
    proxy.mode = 'silent';
    await pause(OUTAGE_MS);
    proxy.mode = 'cut';
    proxy.mode = 'open';
    await eventually(() => traffic.answers.at(-1)?.status === 200, { withinMs: 20_000 });
    await traffic.end();

    const kinds = new Set(traffic.answers.map(({ status, code }) => [status, code].filter(Boolean).join(' ')));
    expect([...kinds].sort()).toEqual(['200', '503 service_unavailable']);
    expect(Math.max(...traffic.answers.map(({ ms }) => ms))).toBeLessThan(ANSWER_WITHIN_MS);
    for (const client of clients) expect(outcomeOf(await client.api.refresh(client.refreshToken))).toMatch(/^(rotated|replayed|reissued)$/);

    await server.stop();
    await proxy.close();
    await database.drop();
  });

  it('of connections, all taken: requests beyond the queue are sent away at once, and served again afterwards', async () => {
    const database = await createDatabase();
    const server = await startServer({ ...serverEnvironment(database.url), DATABASE_POOL_SIZE: '1' });
    const [client] = (await signIn(server.url, 1)) as [Client];
    const { sid } = JSON.parse(Buffer.from(client.refreshToken.split('.')[1] ?? '', 'base64url').toString()) as { sid: string };

    const holder = database.transaction();
    await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sid]);
    const storm = await Promise.all(Array.from({ length: 200 }, () => client.api.refresh(client.refreshToken)));
    await holder.end();

    expect(new Set(storm.map(({ status }) => status))).toEqual(new Set([503]));
    for (const { body } of storm) expect(body).toMatchObject({ code: 'service_unavailable', retryable: true, clear_credentials: false });
    await eventually(async () => (await client.api.refresh(client.refreshToken)).status === 200);

    await server.stop();
    await database.drop();
  });
});

/** As its service manager would stop it: connections are cut, and the next start finds a clean cluster. */
async function stopPostmaster(dataFolder: string): Promise<void> {
  const location = join(dataFolder, 'postgres-location');
  const elsewhere = existsSync(location) ? [readFileSync(location, 'utf8').trim()] : [];
  const pidFile = [dataFolder, ...elsewhere].map((folder) => join(folder, 'postgres', 'postmaster.pid')).find(existsSync) ?? '';
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]), 'SIGINT');
  await eventually(() => !existsSync(pidFile));
}

async function restart(stopped: EmbeddedPostgres, dataFolder: string): Promise<EmbeddedPostgres> {
  await stopped.stop();
  return startEmbeddedPostgres({ dataFolder });
}
