import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Jest's global tear-down: nothing of the run's PostgreSQL is left behind. */
export default async function stopPostgres() {
  const { server, folder } = globalThis.testPostgres;
  const carried = await globalThis.testPgBouncer?.stop();
  await server.stop();
  // If an unprivileged user cannot enter the checkout, the data is in another folder (see
  // packages/dev-postgres).
  const elsewhere = join(folder, 'data', 'postgres-location');
  if (existsSync(elsewhere))
    rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  if (carried === undefined) return;
  console.log(`PgBouncer has carried ${carried} transactions.`);
  if (carried === 0) throw new Error('Nothing went through PgBouncer.');
}
