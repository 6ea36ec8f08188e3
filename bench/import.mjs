// How long an import takes, and how much memory: npm run bench:import
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres, query } from './world/postgres.mjs';

const USERS = Number(process.env.USERS ?? 100_000);
const HASH = '$2y$12$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';

const folder = mkdtempSync(join(tmpdir(), 'evergreen-bench-import-'));
const postgres = await startPostgres();
try {
  const small = await fileOf('small', USERS / 10);
  const large = await fileOf('large', USERS);
  const databaseUrl = await postgres.createMigrated('import');
  const run = (file, ...args) => runImport(databaseUrl, file, args);

  await report(`dry run of ${USERS / 10}`, run(small, '--dry-run'));
  await report(`dry run of ${USERS}`, run(large, '--dry-run'));
  await report(`import of ${USERS / 10}`, run(small));

  const stopped = run(large);
  while ((await countOf(databaseUrl)) < USERS / 2) await pause(20);
  process.kill(stopped.pid, 'SIGKILL');
  await report(`import of ${USERS}, killed in the middle`, stopped);
  console.log(`  ${(await countOf(databaseUrl)) - USERS / 10} of them are there`);
  await report('the same, resumed', run(large));
  await report('the same once more', run(large));
  console.log(`  ${await countOf(databaseUrl)} users are there`);

  const other = await postgres.createMigrated('import_at_once');
  await report(`import of ${USERS} at once`, runImport(other, large, []));
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true });
}

async function fileOf(name, count) {
  const path = join(folder, name);
  const file = createWriteStream(path);
  for (let index = 0; index < count; index++) {
    const person = {
      email: `${name}-${index}-${randomBytes(4).toString('hex')}@example.com`,
      email_verified: true,
      password_hash: HASH,
      first_name: 'Ada',
      last_name: 'Virtanen',
      roles: ['member'],
      metadata: { plan: 'pro', seats: 3 },
      identities: [{ issuer: 'https://id.example', subject: `${name}-${index}` }],
      created_at: '2019-05-01T12:00:00Z',
    };
    if (!file.write(`${JSON.stringify(person)}\n`)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
  console.log(`${count} users: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
  return path;
}

function runImport(databaseUrl, file, args) {
  const beganAt = performance.now();
  const child = spawn(
    process.execPath,
    ['dist/admin.command.js', '--json', 'users', 'import', file, ...args],
    {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        DATABASE_URL: databaseUrl,
        JWT_SECRET: randomBytes(32).toString('hex'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  let peakKb = 0;
  const sampling = setInterval(() => (peakKb = peakKbOf(child.pid) ?? peakKb), 50);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearInterval(sampling);
    return { seconds: (performance.now() - beganAt) / 1000, peakKb, code, signal, output };
  });
  return { pid: child.pid, ended };
}

function peakKbOf(pid) {
  try {
    const [, peak] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return peak === undefined ? undefined : Number(peak);
  } catch {
    return undefined;
  }
}

async function countOf(databaseUrl) {
  const [{ count }] = await query(databaseUrl, 'SELECT count(*)::float8 AS count FROM users');
  return count;
}

async function report(what, { ended }) {
  const { seconds, peakKb, code, signal, output } = await ended;
  const [time, peak] = [seconds.toFixed(1), (peakKb / 1024).toFixed(0)];
  console.log(`${what}: ${time} s, at most ${peak} MiB, ended with ${signal ?? code}`);
  if (output) console.log(`  ${output.trim()}`);
}
