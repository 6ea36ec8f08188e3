import { Api, call } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

/** What Node takes for its heap in a container of 512 MB, as the manifests ask for. */
const SMALL_HEAP = { NODE_OPTIONS: '--max-old-space-size=256' };

/** More than a page, and more than memory holds. */
const SIZES = { paged: 25_000, full: 520_000 };

const feedStateAt = async (url: string) =>
  (await call<{ revocations?: string }>('GET', `${url}/health/ready`)).body.revocations;

describe('an instance that starts after very many sessions have ended at once', () => {
  let database: TestDatabase;

  beforeEach(async () => (database = await createDatabase()));
  afterEach(async () => database.drop());

  /** As an operator ends them, in transactions of a thousand; `session` is the last of all. */
  async function endSessions(
    count: number,
    session: { session_id: string; user: { id: string } },
  ): Promise<void> {
    await database.query(
      `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
       SELECT place / 1000, gen_random_uuid(), gen_random_uuid(), now() + interval '1 day' FROM generate_series(1, $1::int - 1) AS place
       UNION ALL SELECT $1 / 1000, $2::uuid, $3::uuid, now() + interval '1 day'`,
      [count, session.session_id, session.user.id],
    );
    await database.query('UPDATE sessions SET revoked_at = now() WHERE id = $1', [
      session.session_id,
    ]);
  }

  it.each([
    ['more than it reads at once: it knows all', SIZES.paged, 'live', SIZES.paged],
    ['more than it holds in memory: it asks the database', SIZES.full, 'stale', 500_000],
  ])('%s', async (_case, count, state, inMemory) => {
    const first = await startServer({ ...serverEnvironment(database.url), ...SMALL_HEAP });
    const api = new Api(first.url);
    const [ended, living] = [await api.register(), await api.register()];
    await first.stop();
    await endSessions(count, ended);

    const server = await startServer({ ...serverEnvironment(database.url), ...SMALL_HEAP });
    await eventually(async () => (await feedStateAt(server.url)) === state, { withinMs: 30_000 });
    const metrics = await fetch(`${server.url}/metrics`).then(async (response) => response.text());
    expect(metrics).toContain(`evergreen_revocations_in_memory ${inMemory}\n`);
    expect((await api.at(server.url).me(ended.access_token)).body.code).toBe('session_revoked');
    expect((await api.at(server.url).me(living.access_token)).status).toBe(200);
    expect(await server.stop()).toBe(0);
  });
});
