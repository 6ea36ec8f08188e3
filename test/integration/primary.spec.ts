import { freePort } from '@evergreen-auth/dev-postgres';
import { NoPrimaryError, Primary } from '../../src/platform/database/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

describe('Primary', () => {
  let database: TestDatabase;
  let silent: TcpProxy;

  beforeAll(async () => {
    database = await createDatabase();
    silent = await startTcpProxy(Number(new URL(database.url).port));
    silent.mode = 'silent';
  });
  afterAll(async () => {
    await silent.close();
    await database.drop();
  });

  const naming = (...ports: (number | string)[]) =>
    database.url.replace(/@[^/]+/, `@${ports.map((port) => `127.0.0.1:${port}`).join(',')}`);

  it.each(['first', 'last'])(
    'is found where the other server is silent, named %s',
    async (place) => {
      const { port } = new URL(database.url);
      const primary = new Primary(
        place === 'last' ? naming(silent.port, port) : naming(port, silent.port),
      );
      await expect(primary.locate()).resolves.toBe(database.url);
      await expect(primary.confirm()).resolves.toBeUndefined();
    },
  );

  it('is none where nobody answers', async () => {
    const primary = new Primary(naming(silent.port, await freePort()));
    await expect(primary.locate()).rejects.toBeInstanceOf(NoPrimaryError);
    await expect(primary.confirm()).resolves.toBeUndefined();
  });

  it('is the only server of a URL, unasked', async () => {
    const url = naming(await freePort());
    await expect(new Primary(url).locate()).resolves.toBe(url);
  });
});
