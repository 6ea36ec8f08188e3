import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** Of the letters I and i, Turkish makes two pairs: I ı and İ i. */
const TURKISH = `TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' ENCODING 'UTF8' LOCALE 'C'`;

describe('a database with a Turkish locale', () => {
  const server = process.env.TEST_POSTGRES_URL ?? '';
  const name = `test_${randomBytes(8).toString('hex')}`;
  let app: TestApp;
  let api: Api;

  const administer = async (sql: string) => {
    const client = new Client({ connectionString: server });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };

  beforeAll(async () => {
    await administer(`CREATE DATABASE ${name} ${TURKISH}`);
    app = await startApp({
      reach: (url) => Object.assign(new URL(url), { pathname: `/${name}` }).href,
    });
    api = new Api(app.url);
  });
  afterAll(async () => {
    await app.close();
    await administer(`DROP DATABASE ${name} WITH (FORCE)`);
  });

  it('makes no second account of an address in other letters', async () => {
    await api.register({ email: 'info@example.com' });
    for (const email of ['INFO@example.com', 'Info@EXAMPLE.COM', 'info@example.com']) {
      await expect(api.register({ email })).rejects.toThrow('email_taken');
      expect((await api.login(email)).status).toBe(200);
    }
  });

  it('finds an address that was registered in capitals', async () => {
    await api.register({ email: 'IRIS@EXAMPLE.COM' });
    expect((await api.login('iris@example.com')).status).toBe(200);
    await expect(api.register({ email: 'iris@example.com' })).rejects.toThrow('email_taken');
  });
});
