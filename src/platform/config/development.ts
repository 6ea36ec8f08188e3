import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { writePrivateFile } from '../files/index.js';
import { ConfigurationError } from './configuration-error.js';
import type { Variables } from './environment.js';

/**
 * `packages/dev-postgres`, which is not part of the server: it is imported only when it is needed,
 * and production images do not contain it.
 */
const DEV_POSTGRES = '@evergreen-auth/dev-postgres';

interface DevPostgres {
  readonly startEmbeddedPostgres: (options: {
    readonly dataFolder: string;
  }) => Promise<EmbeddedPostgres>;
}

interface EmbeddedPostgres {
  readonly url: string;
  stop(): Promise<void>;
}

const WITHOUT_DATABASE =
  `DATABASE_URL: set it, since ${DEV_POSTGRES}, which provides a PostgreSQL for development, is not installed; ` +
  'in a checkout, `npm run build:development` builds that package.';

/** Data that a checkout keeps between two starts in development. */
const DATA_FOLDER = resolve('.data');

/** The completed environment, and a function that stops what was started for it. */
export interface Provision {
  readonly environment: Variables;
  readonly stop: () => Promise<void>;
}

/**
 * Provides what is not configured: in `development` a PostgreSQL and, without a secret, a random one
 * and the name of a file of keys, which `KeyFile` creates; they are kept between starts. In `test`
 * PostgreSQL and secret are new at every start, and the data is deleted at the stop. In other
 * environments it changes nothing.
 *
 * @throws ConfigurationError if a PostgreSQL is needed and `@evergreen-auth/dev-postgres` is not
 * installed
 */
export async function provideForDevelopment(environment: Variables): Promise<Provision> {
  const { NODE_ENV } = environment;
  if (NODE_ENV === 'development') return provide(environment, startKeptPostgres, keptKeys);
  if (NODE_ENV === 'test') return provide(environment, startPassingPostgres, newSecret);
  return { environment, stop: async () => {} };
}

async function provide(
  environment: Variables,
  startPostgres: () => Promise<EmbeddedPostgres>,
  makeKeys: () => Variables,
): Promise<Provision> {
  const isMissing = (name: string) => !environment[name] && !environment[`${name}_FILE`];
  const postgres = isMissing('DATABASE_URL') ? await startPostgres() : undefined;
  const made: Variables = {
    ...(isMissing('JWT_SECRET') && makeKeys()),
    ...(postgres && { DATABASE_URL: postgres.url }),
  };
  const missing = Object.entries(made).filter(([name]) => isMissing(name));
  return {
    environment: { ...environment, ...Object.fromEntries(missing) },
    stop: async () => postgres?.stop(),
  };
}

async function startKeptPostgres(): Promise<EmbeddedPostgres> {
  const { startEmbeddedPostgres } = await loadDevPostgres();
  return startEmbeddedPostgres({ dataFolder: DATA_FOLDER });
}

async function startPassingPostgres(): Promise<EmbeddedPostgres> {
  const { startEmbeddedPostgres } = await loadDevPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-test-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  const remove = () => {
    // Contains the location of the data if that user cannot enter here (see packages/dev-postgres).
    const elsewhere = join(dataFolder, 'postgres-location');
    if (existsSync(elsewhere)) removeFolder(readFileSync(elsewhere, 'utf8').trim());
    removeFolder(folder);
  };
  try {
    const postgres = await startEmbeddedPostgres({ dataFolder });
    return { url: postgres.url, stop: () => postgres.stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

async function loadDevPostgres(): Promise<DevPostgres> {
  try {
    return (await import(DEV_POSTGRES)) as DevPostgres;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'ERR_MODULE_NOT_FOUND') throw new ConfigurationError([WITHOUT_DATABASE]);
    throw error;
  }
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Both or neither: with a secret of their own, several servers accept each other's tokens, and keys
 * from different folders would prevent that.
 */
function keptKeys(): Variables {
  const file = join(DATA_FOLDER, 'jwt-secret');
  if (!existsSync(file)) {
    mkdirSync(DATA_FOLDER, { recursive: true });
    // If two first starts run at the same time, the later one replaces the file; both then read the
    // same complete file.
    writePrivateFile(file, randomSecret());
  }
  const JWT_KEYS_FILE = join(DATA_FOLDER, 'access-keys.json');
  return { JWT_SECRET: readFileSync(file, 'utf8'), JWT_KEYS_FILE };
}

function newSecret(): Variables {
  return { JWT_SECRET: randomSecret() };
}

function randomSecret(): string {
  return randomBytes(32).toString('hex');
}
