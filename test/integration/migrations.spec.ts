import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { RecordedEvent } from '../../src/activity/index.js';
import { migrate, migrationOptions, Primary } from '../../src/platform/database/index.js';
import { Revocation, Session } from '../../src/sessions/index.js';
import { User } from '../../src/users/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';

describe('migrations', () => {
  let database: TestDatabase;
  let primary: Primary;

  beforeEach(async () => {
    database = await createDatabase({ template: 'template0' });
    primary = new Primary(database.url);
  });
  afterEach(() => database.drop());

  const tables = async () =>
    (
      await database.query<{ name: string }>(
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1`,
      )
    ).map(({ name }) => name);

  it('run once where eight instances start together on an empty database', async () => {
    await Promise.all(Array.from({ length: 8 }, () => migrate(primary)));
    const [{ count } = { count: '' }] = await database.query<{ count: string }>(
      'SELECT count(*) FROM evergreen_migrations',
    );
    expect(Number(count)).toBe(migrationOptions(primary).migrations?.length);
    expect(await tables()).toEqual(
      expect.arrayContaining(['revocations', 'security_events', 'sessions', 'users']),
    );
  });

  it('can be reverted and run again', async () => {
    await migrate(primary);
    const dataSource = await new DataSource(migrationOptions(primary)).initialize();
    for (const _ of migrationOptions(primary).migrations as unknown[])
      await dataSource.undoLastMigration();
    await dataSource.destroy();
    expect(await tables()).toEqual(['evergreen_migrations']);
    await migrate(primary);
    expect(await tables()).toEqual(
      expect.arrayContaining(['revocations', 'security_events', 'sessions', 'users']),
    );
  });

  it('give way where a table is in use, so that nobody waits behind them, and succeed later', async () => {
    await migrate(primary);
    await database.query(`ALTER TABLE sessions DROP COLUMN fingerprint`);
    await database.query(
      `DELETE FROM evergreen_migrations WHERE name = 'SessionFingerprint1763800000001'`,
    );
    const reader = database.transaction();
    await reader.query('SELECT FROM sessions');

    const migrating = expect(migrate(primary)).rejects.toMatchObject({ code: '55P03' });
    const isWaiting = async () =>
      (
        await database.query(
          `SELECT FROM pg_stat_activity WHERE query LIKE 'ALTER TABLE%' AND wait_event_type = 'Lock'`,
        )
      ).length === 1;
    await eventually(isWaiting);
    // Behind the migration, which waits for the reader, who may take as long as they like.
    await database.query('SELECT FROM sessions');
    await migrating;

    await reader.end();
    await migrate(primary);
    await database.query('SELECT fingerprint FROM sessions');
  });

  it('take longer than the role is given for a statement', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await database.query(`ALTER DATABASE ${name} SET statement_timeout = '1ms'`);
    await expect(migrate(primary)).resolves.toBeUndefined();
  });

  it('let no session be written with an unknown transport, before and after the trigger that sees to it', async () => {
    const [user, session] = [randomUUID(), randomUUID()];
    const begin = (transport: string, id: string = randomUUID()) =>
      database.query(
        `INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport,
           lifetime_seconds, device_name, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at)
         VALUES ($1, $2, -1, 0, 1, '[]', '[]', $3, 60, 'none', now(), now(), now(), now(), now())`,
        [id, user, transport],
      );
    const refused = { code: '23514', constraint: 'sessions_transport_check' };
    const expectRefusals = async () => {
      await expect(begin('pigeon')).rejects.toMatchObject(refused);
      await expect(
        database.query(`UPDATE sessions SET version = 2, transport = 'pigeon' WHERE id = $1`, [
          session,
        ]),
      ).rejects.toMatchObject(refused);
      await expect(begin('cookie')).resolves.toEqual([]);
      const changed = `UPDATE sessions SET transport = 'cookie' WHERE id = $1 RETURNING transport`;
      expect(await database.query(changed, [session])).toEqual([{ transport: 'cookie' }]);
    };
    await migrate(primary);
    await database.query(
      `INSERT INTO users (id, email, password_hash) VALUES ($1, 'ada@example.com', 'x')`,
      [user],
    );
    await begin('body', session);
    await expectRefusals();

    const dataSource = await new DataSource(migrationOptions(primary)).initialize();
    const isThere = async () =>
      (await database.query(`SELECT FROM pg_trigger WHERE tgname = 'sessions_transport_check'`))
        .length > 0;
    expect(await isThere()).toBe(true);
    while (await isThere()) await dataSource.undoLastMigration();
    await dataSource.destroy();
    await expectRefusals();
    await migrate(primary);
    await expectRefusals();
  });

  it('leave nothing that an entity says otherwise', async () => {
    await migrate(primary);
    const dataSource = await new DataSource({
      ...migrationOptions(primary),
      entities: [User, Session, Revocation, RecordedEvent],
    }).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
