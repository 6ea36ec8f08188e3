import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
// Jest loads this file natively, before its own compiler: it uses the build that `npm test` has
// just made.
import { startEmbeddedPostgres } from '@evergreen-auth/dev-postgres';
import { migrate, Primary } from '../../dist/platform/database/index.js';
import { startPgBouncer } from './pgbouncer.mjs';

/**
 * Jest's global set-up: one PostgreSQL for the whole run, with a migrated template that every test
 * file copies. With `TEST_THROUGH=pgbouncer` the pools of all servers reach it through a PgBouncer.
 */
export default async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-test-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataFolder: join(folder, 'data') });
  globalThis.testPostgres = { server, folder };
  process.env.TEST_POSTGRES_URL = server.url;
  await makeTemplate(server.url);
  if (process.env.TEST_THROUGH !== 'pgbouncer') return;
  globalThis.testPgBouncer = await startPgBouncer(server.url, folder);
  process.env.TEST_PGBOUNCER_PORT = String(globalThis.testPgBouncer.port);
}

async function makeTemplate(serverUrl) {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query('CREATE DATABASE evergreen_template');
  await client.end();

  const template = new URL(serverUrl);
  template.pathname = '/evergreen_template';
  await migrate(new Primary(template.href));
}
