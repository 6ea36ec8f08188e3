import { spawn } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from '@evergreen-auth/dev-postgres';

const CONFIGURATION = resolve('deploy/pgbouncer/pgbouncer.ini');
const READY_WITHIN_MS = 10_000;

/**
 * Runs the `pgbouncer` of this machine in front of a PostgreSQL, with our published configuration.
 */
export async function startPgBouncer(postgresUrl, folder) {
  const { port: postgresPort, username, password } = new URL(postgresUrl);
  const port = await freePort();
  const userList = join(folder, 'userlist.txt');
  writeFileSync(userList, `"${username}" "${password}"\n`);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `${readFileSync(CONFIGURATION, 'utf8').replace(/^evergreen = .*$/m, `* = host=127.0.0.1 port=${postgresPort}`)}
; What differs here; of two lines with one name the later counts.
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_file = ${userList}
stats_users = ${username}
; Each transaction gets another connection than the one before: what relies on a connection's state is found out.
min_pool_size = 3
server_round_robin = 1
`,
  );
  chmodSync(userList, 0o644);
  // It does not run as root.
  const user = process.getuid() === 0 ? ['--user', 'nobody'] : [];
  const child = spawn('pgbouncer', ['--quiet', ...user, file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise((done, fail) => child.once('exit', done).once('error', fail));
  const adminUrl = `postgres://${username}:${password}@127.0.0.1:${port}/pgbouncer`;
  await Promise.race([
    untilItResponds(adminUrl),
    ended.then((code) => Promise.reject(new Error(`pgbouncer ended with ${code}.`))),
  ]);
  return {
    port,
    /** Returns how many transactions it has handled. */
    stop: async () => {
      const carried = await countTransactions(adminUrl);
      child.kill('SIGTERM');
      await ended;
      return carried;
    },
  };
}

async function untilItResponds(adminUrl) {
  for (const deadline = Date.now() + READY_WITHIN_MS; ; await pause(50)) {
    const response = await countTransactions(adminUrl).catch((error) => error);
    if (!(response instanceof Error)) return;
    if (Date.now() > deadline) throw response;
  }
}

async function countTransactions(adminUrl) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const { rows } = await client.query('SHOW TOTALS');
  await client.end();
  return Number(rows.find(({ name }) => name === 'total_xact_count').value);
}
