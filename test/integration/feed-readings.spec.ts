import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Primary } from '../../src/platform/database/index.js';
import { FeedConnection } from '../../src/sessions/revocation/feed-connection.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

/** More than a page of a reading. */
const MANY = 12_000;

describe('FeedConnection.readSince', () => {
  let database: TestDatabase;
  let feed: FeedConnection;
  let mark: string | undefined;

  beforeEach(async () => {
    database = await createDatabase();
    feed = await FeedConnection.open(new Primary(database.url), () => undefined);
    mark = undefined;
  });
  afterEach(async () => {
    feed.close();
    await database.drop();
  });

  /** The sessions of the rows that one reading brings; the next one goes on where it ended. */
  const read = async () => {
    const ids: string[] = [];
    let next = mark;
    for await (const { readOn, revocations } of feed.readSince(mark, 0)) {
      next = readOn;
      ids.push(...revocations.map(({ sessionId }) => sessionId));
    }
    mark = next;
    return ids;
  };
  const INSERT = `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
    SELECT pg_current_xact_id()::text::bigint, id, gen_random_uuid(), now() + interval '1 day' FROM `;
  const revoke = async (id: string, by: Pick<TestDatabase, 'query'> = database) =>
    void (await by.query(`${INSERT} (SELECT $1::uuid AS id) AS one`, [id]));
  const revokeMany = () =>
    database.query(
      `${INSERT} (SELECT gen_random_uuid() AS id FROM generate_series(1, ${MANY})) AS many`,
    );

  it('reads each row once, though somebody has forgotten a transaction', async () => {
    const forgotten = database.transaction();
    try {
      await forgotten.query('SELECT pg_current_xact_id()');
      await revokeMany();
      expect(await read()).toHaveLength(MANY);
      expect(await read()).toEqual([]);
      const one = randomUUID();
      await revoke(one);
      expect(await read()).toEqual([one]);
      expect(await read()).toEqual([]);
    } finally {
      await forgotten.end();
    }
  });

  it('misses none of those that commit late, in whatever order', async () => {
    const [early, late, later] = [randomUUID(), randomUUID(), randomUUID()];
    const client = await connected();
    try {
      await client.query('BEGIN');
      await revoke(late, client);
      await revoke(early);
      expect(await read()).toEqual([early]);
      await revoke(later);
      expect(await read()).toEqual([later]);
      await client.query('COMMIT');
      expect(await read()).toEqual([late]);
      expect(await read()).toEqual([]);
    } finally {
      await client.end();
    }
  });

  it('finds a row that was written in a savepoint', async () => {
    const id = randomUUID();
    const client = await connected();
    try {
      await client.query('BEGIN');
      await client.query('SELECT pg_current_xact_id()');
      expect(await read()).toEqual([]);
      await client.query('SAVEPOINT inner_one');
      await revoke(id, client);
      await client.query('RELEASE inner_one');
      expect(await read()).toEqual([]);
      await client.query('COMMIT');
      expect(await read()).toEqual([id]);
    } finally {
      await client.end();
    }
  });

  it('reads more than a page of what commits late', async () => {
    const client = await connected();
    try {
      await client.query('BEGIN');
      await client.query(
        `${INSERT} (SELECT gen_random_uuid() AS id FROM generate_series(1, ${MANY})) AS many`,
      );
      expect(await read()).toEqual([]);
      await revokeMany();
      await client.query('COMMIT');
      expect(new Set(await read()).size).toBe(2 * MANY);
      expect(await read()).toEqual([]);
    } finally {
      await client.end();
    }
  });

  const connected = async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const query = async <Row extends object>(sql: string, values?: unknown[]) =>
      (await client.query<Row>(sql, values)).rows;
    return { query, end: () => client.end() };
  };
});
