import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startEmbeddedPostgres } from '../database/embedded/index.js';
import type { Variables } from './environment.js';

/** What a checkout keeps between two starts in development. */
const DATA_FOLDER = resolve('.data');

/** The environment, completed, and how to stop what was started for it. */
export interface Provision {
  readonly environment: Variables;
  readonly stop: () => Promise<void>;
}

/**
 * In development, brings along what was not configured: a PostgreSQL, and a random secret that
 * survives a restart. Everywhere else the environment is left as it is.
 */
export async function provideForDevelopment(environment: Variables): Promise<Provision> {
  if (environment.NODE_ENV !== 'development') return { environment, stop: async () => {} };

  const postgres = environment.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataFolder: DATA_FOLDER });
  return {
    environment: {
      ...environment,
      DATABASE_URL: environment.DATABASE_URL ?? postgres?.url,
      JWT_SECRET: environment.JWT_SECRET ?? keptSecret(),
    },
    stop: async () => postgres?.stop(),
  };
}

function keptSecret(): string {
  const file = join(DATA_FOLDER, 'jwt-secret');
  if (!existsSync(file)) {
    mkdirSync(DATA_FOLDER, { recursive: true });
    // Of two first starts at once, the later renames over the earlier's; both then read the same
    // file, whole.
    const unfinished = `${file}.${process.pid}`;
    writeFileSync(unfinished, randomBytes(32).toString('hex'), { mode: 0o600 });
    renameSync(unfinished, file);
  }
  return readFileSync(file, 'utf8');
}
