import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '@evergreen-auth/dev-postgres';
import { call, newEmail, outcomeOf, PASSWORD } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer } from '../support/server-process.js';
import { startTcpProxy, through } from '../support/tcp-proxy.js';
import { sendTraffic, signIn, type TrafficClient } from '../support/traffic.js';

const OUTAGE_MS = 10_000;
/** "Within seconds": the longest that a request may wait for its 503. */
const RESPONSE_WITHIN_MS = 8000;

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
    expect(traffic.responses.at(-1)).toMatchObject({ status: 503 });
    postgres = await restart(postgres, dataFolder);
    proxy.target = Number(new URL(postgres.url).port);
    await eventually(() => traffic.responses.at(-1)?.status === 200, { withinMs: 20_000 });
    await pause(500);
    await traffic.end();

    expect(traffic.kinds()).toEqual(['200', '503 service_unavailable']);
    expect(Math.max(...traffic.responses.map(({ ms }) => ms))).toBeLessThan(RESPONSE_WITHIN_MS);
    for (const client of clients)
      expect(['rotated', 'replayed', 'reissued']).toContain(
        outcomeOf(await client.api.refresh(client.refreshToken)),
      );

    await server.stop();
    await proxy.close();
    await postgres.stop();
    const elsewhere = join(dataFolder, 'postgres-location');
    if (existsSync(elsewhere))
      rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
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
    await eventually(() => traffic.responses.at(-1)?.status === 200, { withinMs: 20_000 });
    await traffic.end();

    expect(traffic.kinds()).toEqual(['200', '503 service_unavailable']);
    expect(Math.max(...traffic.responses.map(({ ms }) => ms))).toBeLessThan(RESPONSE_WITHIN_MS);
    for (const client of clients)
      expect(outcomeOf(await client.api.refresh(client.refreshToken))).toMatch(
        /^(rotated|replayed|reissued)$/,
      );

    await server.stop();
    await proxy.close();
    await database.drop();
  });

  it('silent, after a time without requests: 503 within seconds, too', async () => {
    const database = await createDatabase();
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    const server = await startServer({ ...serverEnvironment(through(proxy, database.url)) });
    await signIn(server.url, 4);
    // Shorter than the pool keeps connections that nobody uses, and longer than it waits for one.
    await pause(6000);
    proxy.mode = 'silent';
    const begin = performance.now();
    const responses = await Promise.all(
      Array.from({ length: 4 }, async () =>
        call('POST', `${server.url}/api/auth/register`, {
          body: { email: newEmail(), password: PASSWORD },
          signal: AbortSignal.timeout(RESPONSE_WITHIN_MS),
        }).then(
          ({ status }) => status,
          (error: unknown) => (error as Error).name,
        ),
      ),
    );
    expect([...new Set(responses)]).toEqual([503]);
    expect(performance.now() - begin).toBeLessThan(RESPONSE_WITHIN_MS);

    await server.stop('SIGKILL');
    await proxy.close();
    await database.drop();
  });

  it('of connections, all taken: requests beyond the queue are sent away at once, and served again afterwards', async () => {
    const database = await createDatabase();
    const server = await startServer({
      ...serverEnvironment(database.url),
      DATABASE_POOL_SIZE: '1',
    });
    const [client] = (await signIn(server.url, 1)) as [TrafficClient];
    const { sid } = JSON.parse(
      Buffer.from(client.refreshToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as { sid: string };

    const holder = database.transaction();
    await holder.query('SELECT 1 FROM sessions WHERE id = $1 FOR UPDATE', [sid]);
    const storm = await Promise.all(
      Array.from({ length: 200 }, () => client.api.refresh(client.refreshToken)),
    );
    await holder.end();

    expect(new Set(storm.map(({ status }) => status))).toEqual(new Set([503]));
    for (const { body } of storm)
      expect(body).toMatchObject({
        code: 'service_unavailable',
        retryable: true,
        clear_credentials: false,
      });
    await eventually(async () => (await client.api.refresh(client.refreshToken)).status === 200);

    await server.stop();
    await database.drop();
  });

  it('of writes alone, as behind a pooler that leads to a replica: 503, and no connection is kept that takes none', async () => {
    const database = await createDatabase();
    const name = new URL(database.url).pathname.slice(1);
    const server = await startServer(serverEnvironment(database.url));
    const [client] = (await signIn(server.url, 1)) as [TrafficClient];
    const cutOff = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'evergreen-auth' AND datname = '${name}'`;

    await database.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await database.query(cutOff);
    await eventually(async () => (await client.api.me(client.accessToken)).status === 200);
    // A pool lets go of a connection whose query has failed, but not where that was part of a
    // transaction, as it is here.
    const register = () =>
      client.api.call('POST', '/auth/register', {
        body: { email: newEmail(), password: PASSWORD },
      });
    expect((await register()).status).toBe(503);
    await database.query(`ALTER DATABASE ${name} RESET default_transaction_read_only`);
    await eventually(async () => (await register()).status === 201);

    await server.stop();
    await database.drop();
  });
});

/**
 * As its service manager would stop it: connections are cut, and the next start finds a clean
 * cluster.
 */
async function stopPostmaster(dataFolder: string): Promise<void> {
  const location = join(dataFolder, 'postgres-location');
  const elsewhere = existsSync(location) ? [readFileSync(location, 'utf8').trim()] : [];
  const pidFile =
    [dataFolder, ...elsewhere]
      .map((folder) => join(folder, 'postgres', 'postmaster.pid'))
      .find(existsSync) ?? '';
  process.kill(Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]), 'SIGINT');
  await eventually(() => !existsSync(pidFile));
}

async function restart(stopped: EmbeddedPostgres, dataFolder: string): Promise<EmbeddedPostgres> {
  await stopped.stop();
  return startEmbeddedPostgres({ dataFolder });
}
