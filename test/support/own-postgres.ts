import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded/index.js';

/** A server whose settings and roles a test may change. */
export interface OwnPostgres {
  /** Of its superuser. */
  readonly url: string;
  /** Belongs to the test, and is open for the server to pass through. */
  readonly folder: string;
  remove(): Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-postgres-'));
  // PostgreSQL of a run by root is another user, who must pass through here.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'data') });
  return {
    url: server.url,
    folder,
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
