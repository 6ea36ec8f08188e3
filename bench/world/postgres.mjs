import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '@evergreen-auth/dev-postgres';
import { migrate, Primary } from '../../dist/platform/database/index.js';

/** A separate PostgreSQL with default settings; its data is deleted when it stops. */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-bench-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  const server = await startEmbeddedPostgres({ dataFolder });

  return {
    url: server.url,
    /** The URL of a new database of this name, with Evergreen's schema. */
    async createMigrated(name) {
      const url = await createDatabase(server.url, name);
      await migrate(new Primary(url));
      return url;
    },
    createEmpty: (name) => createDatabase(server.url, name),
    /** The main process. */
    pid: Number(
      readFileSync(join(placeOf(dataFolder), 'postmaster.pid'), 'utf8').split('\n', 1)[0],
    ),
    async stop() {
      await server.stop();
      for (const one of [placeOf(dataFolder), folder])
        rmSync(one, { recursive: true, force: true });
    },
  };
}

/**
 * If an unprivileged user cannot enter the folder, the data is in another one (see
 * packages/dev-postgres).
 */
function placeOf(dataFolder) {
  const location = join(dataFolder, 'postgres-location');
  return existsSync(location)
    ? readFileSync(location, 'utf8').trim()
    : join(dataFolder, 'postgres');
}

/** The result of one query on a separate connection. */
export async function query(url, text, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

async function createDatabase(serverUrl, name) {
  await query(serverUrl, `CREATE DATABASE bench_${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/bench_${name}`;
  return url.href;
}
