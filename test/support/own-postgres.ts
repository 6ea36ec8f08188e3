import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '@evergreen-auth/dev-postgres';

/** A server whose settings and roles a test may change. */
export interface OwnPostgres {
  /** Of its superuser. */
  readonly url: string;
  /** A folder of the test, which the server's user may enter. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** @param settings by their names, also those that only a start can change */
export async function startOwnPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-postgres-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o711);
  const dataFolder = join(folder, 'data');
  let server = await startEmbeddedPostgres({ dataFolder });
  if (Object.keys(settings).length > 0) {
    await change(server.url, settings);
    await server.stop();
    server = await startEmbeddedPostgres({ dataFolder });
  }
  return {
    url: server.url,
    folder,
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function change(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const [name, value] of Object.entries(settings))
    await client.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  await client.end();
}
