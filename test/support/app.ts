import { resolve } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp, type AppOptions } from '../../src/app.setup.js';
import { loadConfig, readEnvironment } from '../../src/platform/config/index.js';
import { createDatabase, databaseVariables, type TestDatabase } from './database.js';
import { createMounted, MOUNTED_ON } from './mounted.js';
import { TestClock } from '../../src/platform/clock/index.js';

/** Long enough for any environment, and the same for every instance of a test. */
export const TEST_SECRET = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';

/** Off, since tests send many requests; tests of limits turn them on. */
export const WITHOUT_LIMITS = {
  THROTTLE_REFRESH_LIMIT: '0',
  THROTTLE_UNKNOWN_LIMIT: '0',
  THROTTLE_LOGIN_LIMIT: '0',
  THROTTLE_LOGIN_NETWORK_LIMIT: '0',
} as const;

/** The working folder of servers in tests: without an `.env`, so that a developer's is not read. */
export const TEST_FOLDER = resolve('test/support');

export interface TestApp {
  readonly url: string;
  readonly clock: TestClock;
  readonly database: TestDatabase;
  readonly nest: NestFastifyApplication;
  close(): Promise<void>;
}

export interface TestAppOptions extends Pick<AppOptions, 'modules' | 'configure' | 'mailTexts'> {
  /**
   * Environment variables; the default is development, with cheap password hashes.
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Another URL of the database, such as that of a proxy. */
  readonly reach?: (databaseUrl: string) => string;
  /** The database and clock of another instance, for several instances. */
  readonly beside?: TestApp;
}

/**
 * A whole application with its own database, listening on a free port of the loopback interface.
 */
export async function startApp({
  env = {},
  reach = (databaseUrl) => databaseUrl,
  beside,
  modules,
  configure,
  mailTexts,
}: TestAppOptions = {}): Promise<TestApp> {
  const database = beside?.database ?? (await createDatabase());
  const clock = beside?.clock ?? new TestClock();
  const config = loadConfig(testEnvironment(reach(database.url), env));
  const nest = await (MOUNTED_ON ? createMounted : createApp)(config, {
    clock,
    modules,
    configure,
    mailTexts,
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

/** The environment of tests, completed as in `main.ts`. */
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
