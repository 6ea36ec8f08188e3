import { DataSource } from 'typeorm';
import { RecordedEvent } from './src/activity/index.js';
import { loadConfig, provideForDevelopment, readEnvironment } from './src/platform/config/index.js';
import { migrationOptions, Primary } from './src/platform/database/index.js';
import { Revocation, Session } from './src/sessions/index.js';
import { User } from './src/users/index.js';

/**
 * The door of TypeORM's command line; see the scripts `migration:*` in package.json. Nothing in
 * `src` imports it.
 */
async function dataSource(): Promise<DataSource> {
  const { environment } = await provideForDevelopment(readEnvironment(process.env));
  const { directUrl } = loadConfig(environment).database;
  return new DataSource({
    ...migrationOptions(new Primary(directUrl)),
    entities: [User, Session, Revocation, RecordedEvent],
  });
}

export default dataSource();
