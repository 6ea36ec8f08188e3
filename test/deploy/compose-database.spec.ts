import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { migrate, Primary } from '../../src/platform/database/index.js';
import { startOwnPostgres, type OwnPostgres } from '../support/own-postgres.js';

const PASSWORD = '5f0c9d2b7a';

/** What psql would send; the superuser of the tests has the name of the server's role. */
const statements = readFileSync('deploy/postgres/role.sql', 'utf8')
  .replace(/^(--|\\).*$/gm, '')
  .replace(`:'password'`, `'${PASSWORD}'`)
  .replace(/\bevergreen\b/g, 'server')
  .split(';')
  .map((statement) => statement.trim())
  .filter(Boolean);

describe('deploy/postgres/role.sql', () => {
  let postgres: OwnPostgres;

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    await ask(postgres.url, `CREATE ROLE postgres SUPERUSER LOGIN PASSWORD '${PASSWORD}'`);
    for (const statement of statements) await ask(urlOf('postgres', 'postgres'), statement);
  });
  afterAll(() => postgres.remove());

  const urlOf = (username: string, database: string) =>
    Object.assign(new URL(postgres.url), { username, password: PASSWORD, pathname: database }).href;
  const codeOf = (url: string, statement = 'SELECT 1') =>
    ask(url, statement).then(
      () => undefined,
      (error: unknown) => (error as { code?: string }).code,
    );

  it('makes a role that can bring its database up to date', async () => {
    await migrate(new Primary(urlOf('server', 'server')));
    expect(await ask(urlOf('server', 'server'), 'SELECT FROM sessions')).toEqual([]);
  });

  it('gives it nothing beyond that database', async () => {
    const [role] = await ask(
      urlOf('server', 'server'),
      `SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
       FROM pg_roles WHERE rolname = current_user`,
    );
    expect(Object.values(role ?? { none: true })).toEqual([false, false, false, false, false]);
    for (const statement of [
      'CREATE ROLE other',
      'CREATE DATABASE other',
      `COPY (SELECT 1) TO PROGRAM 'true'`,
      `SELECT pg_read_file('/etc/passwd')`,
    ])
      expect(await codeOf(urlOf('server', 'server'), statement)).toBe('42501');
    expect(await codeOf(urlOf('server', 'postgres'))).toBe('42501');
  });

  it('leaves nobody the superuser over the network', async () => {
    expect(await codeOf(urlOf('postgres', 'postgres'))).toBe('28P01');
  });
});

async function ask(url: string, statement: string): Promise<object[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client
    .query<object>(statement)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}
