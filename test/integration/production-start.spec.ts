import { networkInterfaces } from 'node:os';
import { Api } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

describe('a start in production', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({ ...serverEnvironment(database.url), CORS_ORIGIN: 'x' });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('listens on all addresses, of IPv6 too', async () => {
    const addresses = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ address }) => !address.startsWith('fe80:'));
    for (const { address, family } of addresses) {
      const host = family === 'IPv6' ? `[${address}]` : address;
      const { status } = await fetch(`http://${host}:${new URL(server.url).port}/health/live`);
      expect(status).toBe(200);
    }
  });

  it('knows a client of IPv4 by its IPv4 address', async () => {
    const browser = new Api(server.url);
    const { access_token } = await browser.register();
    const response = await fetch(`${server.url}/api/sessions`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await response.json()).toMatchObject({ sessions: [{ ip: '127.0.0.1' }] });
  });

  it('warns of a name that is nearly a variable', () => {
    const warnings = server.log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: unknown; msg: string })
      .filter(({ msg }) => msg.includes('CORS_ORIGINS'));
    expect(warnings).toHaveLength(1);
  });
});
