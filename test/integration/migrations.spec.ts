import { DataSource } from 'typeorm';
import { RecordedEvent } from '../../src/activity/index.js';
import { dataSourceOptions, migrate, Primary } from '../../src/platform/database/index.js';
import { Revocation, Session } from '../../src/sessions/index.js';
import { User } from '../../src/users/index.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

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
    const [{ count } = { count: '' }] = await database.query<{ count: string }>('SELECT count(*) FROM evergreen_migrations');
    expect(Number(count)).toBe(dataSourceOptions(primary).migrations?.length);
    expect(await tables()).toEqual(expect.arrayContaining(['revocations', 'security_events', 'sessions', 'users']));
  });

  it('can be reverted and run again', async () => {
    await migrate(primary);
    const dataSource = await new DataSource(dataSourceOptions(primary)).initialize();
    for (const _ of dataSourceOptions(primary).migrations as unknown[]) await dataSource.undoLastMigration();
    await dataSource.destroy();
    expect(await tables()).toEqual(['evergreen_migrations']);
    await migrate(primary);
    expect(await tables()).toEqual(expect.arrayContaining(['revocations', 'security_events', 'sessions', 'users']));
  });

  it('leave nothing that an entity says otherwise', async () => {
    await migrate(primary);
    const dataSource = await new DataSource({
      ...dataSourceOptions(primary),
      entities: [User, Session, Revocation, RecordedEvent],
    }).initialize();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    await dataSource.destroy();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });
});
