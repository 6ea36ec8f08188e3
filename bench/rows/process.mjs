import { get, load } from '../world/load.mjs';
import { residentMiB } from '../world/processes.mjs';
import { median } from '../world/rounds.mjs';
import { startEvergreen } from '../world/servers.mjs';
import { headersOf, mintWith, seedSessions } from '../world/sessions.mjs';

const STARTS = 5;
const REQUESTS = 100_000;
const REVOCATIONS = 100_000;

/**
 * What Node takes for its heap in a container of 512 MB, as the manifests of deploy/kubernetes ask
 * for. With more it collects less often.
 */
const NODE_OPTIONS = '--max-old-space-size=256';
const ADMIN_TOKEN = 'violet-Harbor-73-lantern-copper-Meadow-58';

/** The start time of a process, and its memory. */
export async function measureProcess(postgres) {
  const url = await postgres.createMigrated('process');
  const starts = [];
  for (let start = 0; start < STARTS; start++) {
    const server = await startEvergreen(url);
    starts.push(server.readyAfterMs);
    await server.stop();
  }
  return [
    {
      work: 'start to ready, s',
      aim: { atMost: 1.5 },
      measured: median(starts) / 1000,
      detail: `median of ${STARTS} starts on a migrated database`,
    },
    ...(await measureMemory(url)),
  ];
}

async function measureMemory(url) {
  await seedSessions(url, REVOCATIONS);
  const server = await startEvergreen(url, { env: { ADMIN_TOKEN, NODE_OPTIONS } });
  try {
    const atStart = residentMiB(server.pid);
    await request(server);
    await revoke(server.url);
    const later = residentMiB(server.pid);
    return [
      {
        work: 'memory after the start, MiB',
        aim: { atMost: 145 },
        measured: atStart,
        detail: 'resident, as in a container of 512 MB',
      },
      {
        work: 'growth after 100,000 requests and 100,000 revocations, MiB',
        aim: { atMost: 40 },
        measured: later - atStart,
        detail: `${Math.round(later)} MiB resident then`,
      },
    ];
  } finally {
    await server.stop();
  }
}

/** Each session once. */
async function request({ url, env }) {
  const mint = mintWith(env);
  let next = 0;
  const verify = {
    ...get('/api/auth/verify'),
    setupRequest(given) {
      const number = next++ % REQUESTS;
      return {
        ...given,
        headers: { ...headersOf(number), authorization: `Bearer ${mint(number).access}` },
      };
    },
  };
  await load(url, verify, { count: REQUESTS });
}

async function revoke(url) {
  const before = new Date(Date.now() + 60_000).toISOString();
  const response = await fetch(`${url}/api/admin/sessions?before=${encodeURIComponent(before)}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { revoked } = await response.json();
  if (revoked !== REVOCATIONS) throw new Error(`${revoked} sessions were ended.`);
}
