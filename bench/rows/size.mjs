import { load, refreshInTurn } from '../world/load.mjs';
import { inRounds, median, medianRatio, withCpu } from '../world/rounds.mjs';
import { startEvergreen } from '../world/servers.mjs';
import { mintWith, seedSessions } from '../world/sessions.mjs';

const FEW = 1_000;
const MANY = 1_000_000;

/** A sample, spread over all sessions. */
const REFRESHED = 60_000;

/**
 * Here a thousand sessions are refreshed several times a second, unlike in practice, so their lists
 * must be as short as in practice.
 */
const ENV = { REFRESH_GRACE_SECONDS: '0.1', THROTTLE_REFRESH_LIMIT: '0' };

const ROUNDS = 8;

/** Whether a refresh costs more where there are many sessions. */
export async function measureSize(postgres) {
  const measures = {
    few: await prepare('few', FEW, FEW),
    many: await prepare('many', MANY, REFRESHED),
  };
  try {
    for (const { measure } of Object.values(measures)) await measure();
    const { few, many } = await inRounds(ROUNDS, {
      few: measures.few.measure,
      many: measures.many.measure,
    });
    const cost = (results) => results.map(({ cpu }) => cpu.server + cpu.postgres);
    const detail = (results) => `${Math.round(median(cost(results)))} µs of server and PostgreSQL`;
    return [
      {
        work: 'cost of a refresh with 1,000,000 sessions against 1,000',
        aim: { atMost: 1.25 },
        measured: medianRatio(cost(many), cost(few)),
        detail: `${detail(many)} against ${detail(few)}`,
      },
    ];
  } finally {
    for (const { server } of Object.values(measures)) await server.stop();
  }

  async function prepare(name, count, refreshed) {
    const url = await postgres.createMigrated(name);
    await seedSessions(url, count);
    const server = await startEvergreen(url, { env: ENV });
    const mint = mintWith(server.env);
    const numbers = Array.from({ length: refreshed }, (_, index) =>
      Math.floor((index * count) / refreshed),
    );
    const request = refreshInTurn(
      numbers.map((number) => ({ number, token: mint(number).refresh })),
    );
    const processes = { server: server.pid, postgres: postgres.pid };
    return {
      server,
      measure: () => withCpu(processes, () => load(server.url, request, { seconds: 3 })),
    };
  }
}
