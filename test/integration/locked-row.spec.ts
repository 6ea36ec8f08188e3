import { queryChannel, type PublishedQuery } from '../../src/platform/database/index.js';
import { isLockRefused } from '../../src/platform/errors/outage.js';
import { Api, outcomeOf, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

/**
 * A locked row costs those behind it some tens of milliseconds each time, and a busy machine more.
 */
const NOT_BEHIND_IT_MS = 1500;

describe('POST /api/auth/refresh while the row of another session is locked', () => {
  let app: TestApp;
  let lock: ReturnType<TestApp['database']['transaction']>;

  beforeEach(async () => {
    app = await startApp();
    lock = app.database.transaction();
  });
  afterEach(async () => {
    await lock.end();
    await app.close();
  });

  it('does not wait for it, and the locked one goes on when it is let go', async () => {
    const locked = new Api(app.url);
    const session = await locked.register();
    const others = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const api = new Api(app.url);
        return { api, token: refreshTokenOf(await api.register()) };
      }),
    );
    await lock.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [session.session_id]);
    // Twice as many as there are connections, so that some would be behind it on each.
    const waiting = Array.from({ length: 20 }, () => locked.refresh(refreshTokenOf(session)));
    for (let round = 0; round < 5; round++) {
      const begin = performance.now();
      const outcomes = await Promise.all(
        others.map(async (other) => {
          const response = await other.api.refresh(other.token);
          other.token = refreshTokenOf(response.body);
          return outcomeOf(response);
        }),
      );
      expect(new Set(outcomes)).toEqual(new Set(['rotated']));
      expect(performance.now() - begin).toBeLessThan(NOT_BEHIND_IT_MS);
    }
    expect((await new Api(app.url).login((await new Api(app.url).register()).email)).status).toBe(
      200,
    );
    await lock.end();
    const outcomes = (await Promise.all(waiting)).map(outcomeOf);
    expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
    // On a busy machine some have waited for as long as anybody may.
    const rest = outcomes.filter((outcome) => outcome !== 'rotated');
    expect(['replayed', 'service_unavailable']).toEqual(expect.arrayContaining(rest));
  });

  it('is 503 for the locked one after seconds, and nobody else waits meanwhile', async () => {
    const locked = new Api(app.url);
    const session = await locked.register();
    await lock.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [session.session_id]);
    const responses = await Promise.all([
      ...Array.from({ length: 10 }, () => locked.refresh(refreshTokenOf(session))),
      ...Array.from({ length: 10 }, () => locked.logout(session.access_token)),
    ]);
    expect(new Set(responses.map(({ body }) => body.code))).toEqual(
      new Set(['service_unavailable']),
    );
    await lock.end();
    expect(['rotated', 'replayed']).toContain(
      outcomeOf(await locked.refresh(refreshTokenOf(session))),
    );
  });

  it('is tried on a pipeline once, and apart from all others by who comes next', async () => {
    const locked = new Api(app.url);
    const session = await locked.register();
    const refresh = () => locked.refresh(refreshTokenOf(session));
    let refused = 0;
    const count = {
      error: (query: PublishedQuery) => (refused += Number(isLockRefused(query.error))),
    };
    const ignored = { start() {}, end() {}, asyncStart() {}, asyncEnd() {} };
    const subscribers = { ...ignored, ...count };
    queryChannel.subscribe(subscribers);
    await lock.query('SELECT FROM sessions WHERE id = $1 FOR UPDATE', [session.session_id]);
    const first = refresh();
    await eventually(() => refused === 1);
    const others = Array.from({ length: 10 }, refresh);
    await new Api(app.url).register();
    expect(refused).toBe(1);
    await lock.end();
    await Promise.all([first, ...others]);
    queryChannel.unsubscribe(subscribers);
  });
});
