import { resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type AppOptions } from '../../src/app.setup.js';
import { loadConfig, readEnvironment } from '../../src/platform/config/index.js';
import { createDatabase, databaseVariables, type TestDatabase } from './database.js';
import { TestClock } from './test-clock.js';

/** Long enough for any environment, and the same for every instance of a test. */
export const TEST_SECRET = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';

/** Tests send more requests than people do; those of the limits turn theirs on. */
export const WITHOUT_LIMITS = {
  THROTTLE_REFRESH_LIMIT: '0',
  THROTTLE_UNKNOWN_LIMIT: '0',
  THROTTLE_LOGIN_LIMIT: '0',
  THROTTLE_LOGIN_NETWORK_LIMIT: '0',
} as const;

/** Where servers of tests work: without an `.env`, so that a developer's own does not count. */
export const TEST_FOLDER = resolve('test/support');

export interface TestApp {
  readonly url: string;
  readonly clock: TestClock;
  readonly database: TestDatabase;
  readonly nest: NestFastifyApplication;
  close(): Promise<void>;
}

export interface TestAppOptions extends Pick<AppOptions, 'modules'> {
  /**
   * Variables of the environment; development is the default, with hashes that are quick to make.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** By which way to reach the database instead, such as a proxy. */
  readonly reach?: (databaseUrl: string) => string;
  /** Another instance's database and clock, for instances that work side by side. */
  readonly beside?: TestApp;
}

/**
 * A whole application on a database of its own, listening on a free port of the loopback interface.
 */
export async function startApp({
  env = {},
  reach = (databaseUrl) => databaseUrl,
  beside,
  modules,
}: TestAppOptions = {}): Promise<TestApp> {
  const database = beside?.database ?? (await createDatabase());
  const clock = beside?.clock ?? new TestClock();
  const nest = await createApp(loadConfig(testEnvironment(reach(database.url), env)), {
    clock,
    modules,
  });
  await nest.listen(0, '127.0.0.1');
  return {
    url: await nest.getUrl(),
    clock,
    database,
    nest,
    close: async () => {
      await nest.close();
      if (!beside) await database.drop();
    },
  };
}

/** The environment that tests run in, completed as `main.ts` would. */
function testEnvironment(databaseUrl: string, env: Readonly<Record<string, string>> = {}) {
  const given = {
    ...databaseVariables(databaseUrl),
    JWT_SECRET: TEST_SECRET,
    BCRYPT_COST: '4',
    LOG_LEVEL: 'silent',
    ...WITHOUT_LIMITS,
    ...env,
  };
  return readEnvironment(given, TEST_FOLDER);
}
