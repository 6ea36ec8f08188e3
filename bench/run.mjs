// npm run bench: everything that bench/README.md tells of, as ratios in one run. npm run bench refresh login: only these.
import { randomBytes } from 'node:crypto';
import { startPostgres } from './world/postgres.mjs';
import { startProcess } from './world/processes.mjs';
import { report } from './report.mjs';
import { measureLogin } from './rows/login.mjs';
import { measureProcess } from './rows/process.mjs';
import { measureRefresh } from './rows/refresh.mjs';
import { measureRequests } from './rows/requests.mjs';
import { measureScaleOut } from './rows/scale-out.mjs';
import { measureSize } from './rows/size.mjs';

const PARTS = {
  refresh: measureRefresh,
  requests: measureRequests,
  login: measureLogin,
  size: measureSize,
  process: measureProcess,
  'scale-out': measureScaleOut,
};

const secret = randomBytes(32).toString('hex');
const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
const postgres = await startPostgres();
const rows = [];
try {
  for (const name of wanted) {
    console.error(`${name} …`);
    rows.push(...(await PARTS[name]({ postgres, startEvergreen, startRoutes, startFloor, startBetterAuth })));
  }
} finally {
  await postgres.stop();
}
report(rows, { isWhole: wanted.length === Object.keys(PARTS).length });

/** As in production, but for what `env` says. */
async function startEvergreen(databaseUrl, env = {}, script = 'dist/main.js') {
  const all = { NODE_ENV: 'production', DATABASE_URL: databaseUrl, JWT_SECRET: secret, SHUTDOWN_DRAIN_SECONDS: '0', ...env };
  return { ...(await startProcess(script, all)), env: all };
}

function startRoutes(databaseUrl) {
  return startEvergreen(databaseUrl, {}, 'bench/servers/routes.mjs');
}

function startFloor(databaseUrl) {
  return startProcess('bench/servers/floor.mjs', { DATABASE_URL: databaseUrl });
}

function startBetterAuth(databaseUrl) {
  return startProcess('bench/servers/better-auth.mjs', { DATABASE_URL: databaseUrl, NODE_ENV: 'production' }, '/api/auth/ok');
}
