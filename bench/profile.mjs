// Where the time of a refresh goes, in Evergreen and in the floor, by --cpu-prof: npm run
// bench:profile
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { signForFloor } from './servers/floor-token.mjs';
import { load, refreshInTurn } from './world/load.mjs';
import { startPostgres } from './world/postgres.mjs';
import { startEvergreen, startFloor } from './world/servers.mjs';
import { claimsOf, mintWith, seedSessions } from './world/sessions.mjs';

const SESSIONS = 60_000;
const WARM_UP = { seconds: 5 };
const MEASURED = { seconds: 15 };

const postgres = await startPostgres();
const folder = mkdtempSync(join(tmpdir(), 'evergreen-profile-'));
try {
  const evergreen = await profile('evergreen', startEvergreen, (refresh) => refresh);
  const floor = await profile(
    'floor',
    startFloor,
    (refresh) => signForFloor(claimsOf(refresh)),
    evergreen.env,
  );
  report(evergreen.shares, floor.shares);
} finally {
  rmSync(folder, { recursive: true, force: true });
  await postgres.stop();
}

async function profile(name, start, tokenOf, env) {
  const url = await postgres.createMigrated(name);
  await seedSessions(url, SESSIONS);
  const into = join(folder, name);
  const server = await start(url, {
    flags: ['--cpu-prof', `--cpu-prof-dir=${into}`, '--cpu-prof-interval=250'],
  });
  const mint = mintWith(env ?? server.env);
  const request = refreshInTurn(
    Array.from({ length: SESSIONS }, (_, number) => ({
      number,
      token: tokenOf(mint(number).refresh),
    })),
  );
  await load(server.url, request, WARM_UP);
  const { count } = await load(server.url, request, MEASURED);
  await server.stop();
  const [file] = readdirSync(into);
  return {
    env: server.env,
    shares: microsecondsByOwner(JSON.parse(readFileSync(join(into, file), 'utf8')), count),
  };
}

/** The samples of the last seconds, which were under load. */
function microsecondsByOwner({ nodes, samples, timeDeltas, endTime }, count) {
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])),
  );
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const shares = new Map();
  let at = endTime;
  for (
    let index = samples.length - 1;
    index >= 0 && endTime - at < MEASURED.seconds * 1e6;
    index--
  ) {
    const owner = ownerOf(samples[index], frames, parents);
    shares.set(owner, (shares.get(owner) ?? 0) + timeDeltas[index] / count);
    at -= timeDeltas[index];
  }
  return shares;
}

/**
 * The owner of a sample: code without a file, such as a system call, belongs to its caller.
 */
function ownerOf(id, frames, parents) {
  const { functionName, url } = frames.get(id) ?? { functionName: '(root)', url: '' };
  if (/^\((idle|garbage collector)\)$/.test(functionName)) return functionName;
  if (/^write(v|Buffer|Utf8String|Latin1String)$/.test(functionName) && !url)
    return 'the kernel, writing to sockets';
  const [, dependency] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (dependency) return dependency;
  const [, ours] = /\/dist\/([^/]+(?:\/[^/]+)?)\//.exec(url) ?? [];
  if (ours) return `src/${ours}`;
  if (url.includes('/bench/servers/')) return 'the floor itself';
  const [, part] = /^node:(?:internal\/)?(?:deps\/)?_?([a-z]+)/.exec(url) ?? [];
  if (part) return `node:${part}`;
  return parents.has(id) ? ownerOf(parents.get(id), frames, parents) : '(native)';
}

function report(evergreen, floor) {
  const owners = [...new Set([...evergreen.keys(), ...floor.keys()])];
  const rows = owners
    .map((owner) => ({ owner, evergreen: evergreen.get(owner) ?? 0, floor: floor.get(owner) ?? 0 }))
    .filter((row) => row.owner !== '(idle)' && Math.max(row.evergreen, row.floor) >= 1)
    .sort((a, b) => b.evergreen - b.floor - (a.evergreen - a.floor));
  console.log('| µs of one refresh | Evergreen | floor | difference |\n|---|---|---|---|');
  for (const { owner, evergreen: ours, floor: theirs } of rows) {
    console.log(
      `| ${owner} | ${ours.toFixed(1)} | ${theirs.toFixed(1)} | ${(ours - theirs).toFixed(1)} |`,
    );
  }
}
