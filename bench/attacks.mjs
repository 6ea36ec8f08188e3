// What an attack from one or a few connections does to the refreshes of everybody else: npm run
// bench:attacks
import { execFileSync, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { loadEvenly, refreshInTurn } from './world/load.mjs';
import { startPostgres } from './world/postgres.mjs';
import { residentMiB } from './world/processes.mjs';
import { startEvergreen } from './world/servers.mjs';
import { mintWith, seedSessions } from './world/sessions.mjs';

const SESSIONS = 4000;
const PACE = { perSecond: 100, seconds: 5 };
const ATTACKER = 'bench/servers/attacker.mjs';

const names = JSON.parse(execFileSync(process.execPath, [ATTACKER], { encoding: 'utf8' }));
const postgres = await startPostgres();
try {
  console.log(
    '| attack | p99 quiet, ms | p99 under it | ratio | refused | p99 a second later | resident at most, MiB |\n|---|---|---|---|---|---|---|',
  );
  for (const [number, name] of names.entries()) console.log(row(name, await measure(name, number)));
} finally {
  await postgres.stop();
}

async function measure(name, number) {
  const databaseUrl = await postgres.createMigrated(`attack_${number}`);
  await seedSessions(databaseUrl, SESSIONS);
  const server = await startEvergreen(databaseUrl);
  const mint = mintWith(server.env);
  const refresh = countRefusals(
    refreshInTurn(
      // The first session is the attacker's.
      Array.from({ length: SESSIONS - 1 }, (_, index) => index + 1).map((one) => ({
        number: one,
        token: mint(one).refresh,
      })),
    ),
  );
  const memory = watchMemory(server.pid);
  let attacker;
  try {
    await loadEvenly(server.url, refresh, PACE);
    const quiet = await loadEvenly(server.url, refresh, PACE);
    attacker = spawn(process.execPath, [ATTACKER, name], {
      env: {
        URL_OF_SERVER: server.url,
        URL_OF_DATABASE: databaseUrl,
        TOKEN: mint(0).refresh,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await pause(1000);
    const attacked = await loadEvenly(server.url, refresh, PACE);
    attacker.kill('SIGKILL');
    await pause(1000);
    const later = await loadEvenly(server.url, refresh, { ...PACE, seconds: 2 });
    return { quiet, attacked, later, refused: refresh.refused(), mostMiB: memory.stop() };
  } finally {
    attacker?.kill('SIGKILL');
    memory.stop();
    await server.stop();
  }
}

function row(name, { quiet, attacked, later, refused, mostMiB }) {
  const cells = [
    name,
    quiet.p99.toFixed(1),
    attacked.p99.toFixed(1),
    (attacked.p99 / quiet.p99).toFixed(1),
    refused,
    later.p99.toFixed(1),
    Math.round(mostMiB),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** If a refresh is rejected, continues with the current token. */
function countRefusals(request) {
  let refused = 0;
  return {
    ...request,
    onResponse(status, body, context) {
      if (status === 200) request.onResponse(status, body, context);
      else refused += 1;
    },
    refused: () => refused,
  };
}

function watchMemory(pid) {
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, residentMiB(pid))), 50);
  return {
    stop() {
      clearInterval(timer);
      return most;
    },
  };
}
