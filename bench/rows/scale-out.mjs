import { spawn, spawnSync } from 'node:child_process';
import { cpuMicroseconds } from '../world/processes.mjs';
import { inRounds, median, medianRatio } from '../world/rounds.mjs';
import { startEvergreen } from '../world/servers.mjs';
import { headersOf, mintWith, seedSessions } from '../world/sessions.mjs';

const ROUNDS = 6;
const SECONDS = 3;

const ROW = {
  work: 'two processes on two processors against one (/api/auth/verify)',
  aim: { atLeast: 1.6 },
};

/**
 * Two processes on two processors against one. By `wrk`, since a load generator in JavaScript would
 * take a third of either.
 */
export async function measureScaleOut(postgres) {
  if (spawnSync('wrk', ['--version']).error) return [{ ...ROW, detail: '`wrk` is not on PATH' }];
  const url = await postgres.createMigrated('scale_out');
  await seedSessions(url, 1);
  const servers = [await startEvergreen(url), await startEvergreen(url)];
  try {
    const headers = {
      ...headersOf(0),
      authorization: `Bearer ${mintWith(servers[0].env)(0).access}`,
    };
    const drive = (some) => async () => {
      const used = () => some.reduce((sum, { pid }) => sum + cpuMicroseconds(pid), 0);
      const before = used();
      const runs = await Promise.all(
        some.map((server) => wrk(`${server.url}/api/auth/verify`, headers)),
      );
      const count = runs.reduce((sum, run) => sum + run.count, 0);
      const cpu = (used() - before) / count;
      return {
        perSecond: count / SECONDS,
        server: cpu,
        load: runs.reduce((sum, run) => sum + run.cpuMicroseconds, 0) / count,
      };
    };
    const measures = { one: drive(servers.slice(0, 1)), two: drive(servers) };
    await measures.two();
    const { one, two } = await inRounds(ROUNDS, measures);
    const rates = (results) => results.map(({ perSecond }) => perSecond);
    const detail = (results) =>
      `${Math.round(median(rates(results)))}/s, ${Math.round(median(results.map(({ server }) => server)))} µs and ${Math.round(median(results.map(({ load }) => load)))} µs of the load generator`;
    return [
      {
        ...ROW,
        measured: medianRatio(rates(two), rates(one)),
        detail: `two ${detail(two)}; one ${detail(one)}`,
      },
    ];
  } finally {
    for (const server of servers) await server.stop();
  }
}

async function wrk(url, headers) {
  const given = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  // `time` tells what it took itself.
  const child = spawn('bash', [
    '-c',
    'TIMEFORMAT="cpu %U %S"; time wrk "$@"',
    'wrk',
    '-t1',
    '-c32',
    `-d${SECONDS}s`,
    ...given,
    url,
  ]);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || /Non-2xx/.test(text)) throw new Error(`wrk: ${text}`);
  const [, count] = /(\d+) requests in/.exec(text);
  const [, user, system] = /cpu ([\d.]+) ([\d.]+)/.exec(text);
  return { count: Number(count), cpuMicroseconds: (Number(user) + Number(system)) * 1e6 };
}
