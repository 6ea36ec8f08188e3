import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../database/embedded/index.js';
import type { Variables } from './environment.js';

/** What a checkout keeps between two starts in development. */
const DATA_FOLDER = resolve('.data');

/** The environment, completed, and how to stop what was started for it. */
export interface Provision {
  readonly environment: Variables;
  readonly stop: () => Promise<void>;
}

/**
 * Brings along what was not configured. In `development` that is a PostgreSQL and a random secret
 * that survive a restart; in `test` both are new at every start, and the data is deleted at the
 * stop. Everywhere else the environment is left as it is.
 */
export async function provideForDevelopment(environment: Variables): Promise<Provision> {
  const { NODE_ENV } = environment;
  if (NODE_ENV === 'development') return provide(environment, startKeptPostgres, keptSecret);
  if (NODE_ENV === 'test') return provide(environment, startPassingPostgres, newSecret);
  return { environment, stop: async () => {} };
}

async function provide(
  environment: Variables,
  startPostgres: () => Promise<EmbeddedPostgres>,
  makeSecret: () => string,
): Promise<Provision> {
  const isMissing = (name: string) => !environment[name] && !environment[`${name}_FILE`];
  const postgres = isMissing('DATABASE_URL') ? await startPostgres() : undefined;
  return {
    environment: {
      ...environment,
      ...(postgres && { DATABASE_URL: postgres.url }),
      ...(isMissing('JWT_SECRET') && { JWT_SECRET: makeSecret() }),
    },
    stop: async () => postgres?.stop(),
  };
}

function startKeptPostgres(): Promise<EmbeddedPostgres> {
  return startEmbeddedPostgres({ dataFolder: DATA_FOLDER });
}

async function startPassingPostgres(): Promise<EmbeddedPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-test-'));
  // PostgreSQL that root starts is another user, who must pass through here to its data.
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  const remove = () => {
    // Names where the data lies if that user could not come here (see database/embedded).
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

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

function keptSecret(): string {
  const file = join(DATA_FOLDER, 'jwt-secret');
  if (!existsSync(file)) {
    mkdirSync(DATA_FOLDER, { recursive: true });
    // Of two first starts at once, the later renames over the earlier's; both then read the same
    // file, whole.
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, newSecret(), { mode: 0o600 });
    renameSync(unfinished, file);
  }
  return readFileSync(file, 'utf8');
}

function newSecret(): string {
  return randomBytes(32).toString('hex');
}
