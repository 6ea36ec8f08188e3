// npm run bench: everything in bench/README.md, as ratios in one run. npm run bench
// refresh login: only these. With --json it prints the rows as JSON, and stores nothing.
import { report, reportJson } from './report.mjs';
import { measureBoundRefresh } from './rows/bound-refresh.mjs';
import { measureLogin } from './rows/login.mjs';
import { measureProcess } from './rows/process.mjs';
import { measureRefresh } from './rows/refresh.mjs';
import { measureRequests } from './rows/requests.mjs';
import { measureScaleOut } from './rows/scale-out.mjs';
import { measureSize } from './rows/size.mjs';
import { startPostgres } from './world/postgres.mjs';

const PARTS = {
  refresh: measureRefresh,
  'bound-refresh': measureBoundRefresh,
  requests: measureRequests,
  login: measureLogin,
  size: measureSize,
  process: measureProcess,
  'scale-out': measureScaleOut,
};

const named = process.argv.slice(2).filter((argument) => argument !== '--json');
const wanted = named.length > 0 ? named : Object.keys(PARTS);
const postgres = await startPostgres();
const rows = [];
try {
  for (const name of wanted) {
    console.error(`${name} …`);
    rows.push(...(await PARTS[name](postgres)));
  }
} finally {
  await postgres.stop();
}
if (process.argv.includes('--json')) reportJson(rows);
else report(rows, { isWhole: wanted.length === Object.keys(PARTS).length });
