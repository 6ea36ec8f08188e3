import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@evergreen-auth/dev-postgres';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

describe('a start that cannot succeed says in one sentence what to look at', () => {
  let database: TestDatabase;
  let other: Server;
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-failures-'));
  beforeAll(async () => {
    database = await createDatabase();
    other = createServer((_request, response) => response.writeHead(404).end());
    await once(other.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    other.close();
    rmSync(folder, { recursive: true });
    await database.drop();
  });

  const printed = async (env: Record<string, string>, folder?: string): Promise<string[]> => {
    const failure = await startServer(env, folder).then(
      () => new Error('The server has started.'),
      (error: unknown) => error as Error,
    );
    return failure.message.split('\n');
  };

  it('where its port is used', async () => {
    const { port } = other.address() as AddressInfo;
    const env = { ...serverEnvironment(database.url), HOST: '127.0.0.1', PORT: String(port) };
    expect(await printed(env)).toContain(
      `127.0.0.1:${port} is used by another process. Stop that one, or set PORT.`,
    );
  });

  it('where HOST is no address of the machine', async () => {
    const port = await freePort();
    const env = { ...serverEnvironment(database.url), HOST: '192.0.2.1', PORT: String(port) };
    expect(await printed(env)).toContain(
      `192.0.2.1:${port} is no address of this machine. Look at HOST.`,
    );
  });

  it('where no PostgreSQL responds', async () => {
    const port = await freePort();
    const url = new URL(database.url);
    url.host = `127.0.0.1:${port}`;
    expect(await printed(serverEnvironment(url.href))).toContain(
      `No PostgreSQL responds at 127.0.0.1:${port}. Look at DATABASE_URL, and whether it runs.`,
    );
  });

  it('and names a variable that is misspelt, wherever it is set', async () => {
    writeFileSync(join(folder, '.env'), 'THROTTLE_LOGIN_LIMITS=5');
    const env = {
      ...serverEnvironment(database.url),
      HOST: '192.0.2.1',
      CORS_ORIGIN: 'https://app.example.com',
    };
    const lines = await printed(env, folder);
    expect(lines).toContain(
      'CORS_ORIGIN is not a variable of Evergreen; did you mean CORS_ORIGINS?',
    );
    expect(lines).toContain(
      'THROTTLE_LOGIN_LIMITS is not a variable of Evergreen; did you mean THROTTLE_LOGIN_LIMIT?',
    );
  });

  it('and names it once where the configuration is at fault', async () => {
    const env = { NODE_ENV: 'production', CORS_ORIGIN: 'https://app.example.com' };
    const named = (await printed(env)).filter((line) => line.includes('CORS_ORIGIN '));
    expect(named).toHaveLength(1);
  });

  it('and knows the port of metrics, which a file sets', async () => {
    const { port } = other.address() as AddressInfo;
    writeFileSync(join(folder, '.env'), `METRICS_PORT=${port}`);
    expect(await printed(serverEnvironment(database.url), folder)).toContainEqual(
      expect.stringMatching(`${port} is used by another process.*set METRICS_PORT`),
    );
  });

  it('where there is no such database', async () => {
    const url = new URL(database.url);
    url.pathname = '/absent';
    expect(await printed(serverEnvironment(url.href))).toContain(
      'PostgreSQL has no database of the name in DATABASE_URL. Create it first.',
    );
  });
});
