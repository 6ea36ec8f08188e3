import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';

export interface TestDatabase {
  readonly url: string;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /**
   * A transaction that is open until it is ended, and then rolled back. Ending it twice is fine.
   */
  transaction(): { query(sql: string, values?: unknown[]): Promise<void>; end(): Promise<void> };
  /** Drops the database; open connections are cut. */
  drop(): Promise<void>;
}

/** A new database with the current schema, copied from the template. */
export async function createDatabase({
  template = 'evergreen_template',
} = {}): Promise<TestDatabase> {
  const server = process.env.TEST_POSTGRES_URL ?? '';
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template}`);

  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new Pool({ connectionString: url.href, max: 2 });
  // Closing does not wait for the server, so the database may be dropped while a connection is
  // still closing.
  pool.on('error', () => undefined);
  return {
    url: url.href,
    query: async <Row extends object>(sql: string, values?: unknown[]) =>
      (await pool.query<Row>(sql, values)).rows,
    transaction: () => {
      const begun = pool.connect().then(async (client) => {
        await client.query('BEGIN');
        return client;
      });
      let isOver = false;
      return {
        query: async (sql, values) => void (await (await begun).query(sql, values)),
        end: async () => {
          if (isOver) return;
          isOver = true;
          const client = await begun;
          await client.query('ROLLBACK');
          client.release();
        },
      };
    },
    drop: async () => {
      await pool.end();
      await administer(server, `DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/**
 * The variables of a database for a server: its URL or, with PgBouncer, the URL through it and the
 * direct one.
 */
export function databaseVariables(url: string): Record<string, string> {
  const port = process.env.TEST_PGBOUNCER_PORT;
  if (!port) return { DATABASE_URL: url };
  const pooled = new URL(url);
  pooled.port = port;
  return {
    DATABASE_URL: pooled.href,
    DATABASE_DIRECT_URL: url,
    DATABASE_PREPARED_STATEMENTS: 'false',
  };
}

async function administer(serverUrl: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}
