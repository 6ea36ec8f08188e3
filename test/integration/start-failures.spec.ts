import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { freePort } from '@evergreen-auth/dev-postgres';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

describe('a start that cannot succeed says in one sentence what to look at', () => {
  let database: TestDatabase;
  let other: Server;
  beforeAll(async () => {
    database = await createDatabase();
    other = createServer((_request, response) => response.writeHead(404).end());
    await once(other.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    other.close();
    await database.drop();
  });

  const printed = async (env: Record<string, string>): Promise<string[]> => {
    const failure = await startServer(env).then(
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

  it('where there is no such database', async () => {
    const url = new URL(database.url);
    url.pathname = '/absent';
    expect(await printed(serverEnvironment(url.href))).toContain(
      'PostgreSQL has no database of the name in DATABASE_URL. Create it first.',
    );
  });
});
