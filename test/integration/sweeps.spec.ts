import { NIL } from 'uuid';
import { DELETE_OLD_EVENTS } from '../../src/activity/event.statements.js';
import type { Statement } from '../../src/platform/database/index.js';
import { DELETE_OLD_PROOFS } from '../../src/auth/proofs/proof.statements.js';
import { DELETE_DEAD_SESSIONS } from '../../src/sessions/persistence/session.statements.js';
import { DELETE_OLD_MAILS, LEASE_MAILS, MEASURE_MAILS } from '../../src/mail/mail.statements.js';
import { DELETE_EXPIRED_REVOCATIONS } from '../../src/sessions/revocation/revocation.statements.js';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { ProofSweeper } from '../../src/auth/proofs/proof-sweeper.js';
import { EventSweeper } from '../../src/activity/event-sweeper.js';
import { Sweeper } from '../../src/sessions/sweeper.js';
import { metricsOf } from '../support/metrics.js';

const DAY_MS = 86_400_000;

/** Two batches and a bit. */
const ROWS = 2100;

/** The locks by which one instance at a time sweeps; see the statements. */
const LOCKS = ['28559150730933111', '28559150730928748', '28559150730929526', '28559150730932338'];

describe('the clean-up', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startApp({ env: { SECURITY_EVENTS_KEEP_DAYS: '90' } });
    await app.database.query(
      `INSERT INTO users (id, email, password_hash) VALUES (gen_random_uuid(), 'a@example.com', 'x')`,
    );
    const now = Date.now();
    const at = (daysAgo: number) => new Date(now - daysAgo * DAY_MS);
    // An hour on each side of a day after the end, and sessions that live.
    for (const [expiresAt, revokedAt] of [
      [at(25 / 24), null],
      [at(-5), at(25 / 24)],
      [at(23 / 24), null],
      [at(-5), at(23 / 24)],
      [at(-5), null],
    ]) {
      await app.database.query(
        `INSERT INTO sessions (id, user_id, generation, generation_key, next_key, children, superseded, transport, lifetime_seconds,
           device_name, created_at, authenticated_at, last_used_at, expires_at, absolute_expires_at, revoked_at)
         SELECT gen_random_uuid(), (SELECT id FROM users), 0, 0, 1, '[]', '[]', 'body', 60, 'x', $1, $1, $1, $2, $2, $3
         FROM generate_series(1, ${ROWS})`,
        [at(30), expiresAt, revokedAt],
      );
    }
    for (const expiresAt of [at(1 / 24), at(-1 / 24)]) {
      await app.database.query(
        `INSERT INTO revocations (transaction_id, session_id, user_id, expires_at)
         SELECT 1, gen_random_uuid(), gen_random_uuid(), $1 FROM generate_series(1, ${ROWS})`,
        [expiresAt],
      );
    }
    for (const occurredAt of [at(91), at(89)]) {
      const time = occurredAt.getTime().toString(16).padStart(12, '0');
      await app.database.query(
        `INSERT INTO security_events (id, type, occurred_at, details)
         SELECT ($1 || substr(gen_random_uuid()::text, 14))::uuid, 'logout', $2, '{}' FROM generate_series(1, ${ROWS})`,
        [`${time.slice(0, 8)}-${time.slice(8)}`, occurredAt],
      );
    }
    for (const expiresAt of [at(2 / 24), at(0.5 / 24)]) {
      await app.database.query(
        `INSERT INTO proofs (id, purpose, address, token_hash, code_hash, created_at, expires_at)
         SELECT gen_random_uuid(), 'reset_password', 'a@example.com', decode(md5(random()::text), 'hex'), '', $1, $1
         FROM generate_series(1, ${ROWS})`,
        [expiresAt],
      );
    }
  });
  afterEach(() => app.close());

  const sweep = async () => {
    await app.nest.get(Sweeper).sweep();
    await app.nest.get(EventSweeper).sweep();
    await app.nest.get(ProofSweeper, { strict: false }).sweep();
  };
  const left = async () => {
    const [row] = await app.database.query<Record<string, number>>(
      `SELECT (SELECT count(*) FROM sessions)::int AS sessions, (SELECT count(*) FROM revocations)::int AS revocations,
         (SELECT count(*) FROM security_events)::int AS events, (SELECT count(*) FROM proofs)::int AS proofs`,
    );
    return row;
  };

  it('deletes what has been over for long enough, batch by batch, and nothing else', async () => {
    await sweep();
    expect(await left()).toEqual({
      sessions: 3 * ROWS,
      revocations: ROWS,
      events: ROWS,
      proofs: ROWS,
    });
    const metrics = await metricsOf(app.url);
    expect(metrics.value('evergreen_swept_rows_total{table="sessions"}')).toBe(2 * ROWS);
    expect(metrics.value('evergreen_swept_rows_total{table="revocations"}')).toBe(ROWS);
    expect(metrics.value('evergreen_swept_rows_total{table="security_events"}')).toBe(ROWS);
    expect(metrics.value('evergreen_swept_rows_total{table="proofs"}')).toBe(ROWS);
    expect(metrics.value('evergreen_sweeps_total{table="sessions",result="done"}')).toBe(1);
  });

  it('is left to the instance that is at it', async () => {
    const other = app.database.transaction();
    for (const lock of LOCKS) await other.query('SELECT pg_advisory_xact_lock($1)', [lock]);
    const before = await left();
    await sweep();
    expect(await left()).toEqual(before);
    await other.end();
    await sweep();
    expect(await left()).toEqual({
      sessions: 3 * ROWS,
      revocations: ROWS,
      events: ROWS,
      proofs: ROWS,
    });
  });

  it('waits for no row that somebody else has locked', async () => {
    const other = app.database.transaction();
    await other.query(
      `SELECT FROM sessions WHERE expires_at < now() - interval '1 day' LIMIT 1 FOR UPDATE`,
    );
    await sweep();
    expect((await left())?.sessions).toBe(3 * ROWS + 1);
    await other.end();
  });

  it.each<[string, Statement, unknown[]]>([
    ['sessions', DELETE_DEAD_SESSIONS, [0, 1000, NIL]],
    ['revocations', DELETE_EXPIRED_REVOCATIONS, [0, 1000]],
    ['security_events', DELETE_OLD_EVENTS, [NIL, 1000]],
    ['mails', DELETE_OLD_MAILS, [0, 7, 1000]],
    ['mails', LEASE_MAILS, [0, 90_000, 5]],
    ['mails', MEASURE_MAILS, [0]],
    ['proofs', DELETE_OLD_PROOFS, [0, 1000]],
  ])('reads an index of %s, and not the whole table', async (table, { text }, values) => {
    await app.database.query(
      `INSERT INTO mails (id, kind, created_at, sent_at)
       SELECT gen_random_uuid(), 'new_device', clock_timestamp(), clock_timestamp() FROM generate_series(1, ${ROWS})`,
    );
    await app.database.query(`ANALYZE ${table}`);
    const [row] = await app.database.query<{ 'QUERY PLAN': object }>(
      `EXPLAIN (FORMAT JSON) ${text}`,
      values,
    );
    const plan = JSON.stringify(row?.['QUERY PLAN']);
    expect(plan).toContain('Index');
    const scanned = [...plan.matchAll(/"Node Type":"Seq Scan"[^{}]*"Relation Name":"(\w+)"/g)];
    expect(scanned.map(([, relation]) => relation)).not.toContain(table);
  });

  it('says so where it fails', async () => {
    await app.database.query('ALTER TABLE security_events RENAME TO security_events_away');
    await sweep();
    expect(
      (await metricsOf(app.url)).value(
        'evergreen_sweeps_total{table="security_events",result="failed"}',
      ),
    ).toBe(1);
  });
});

describe('a revocation', () => {
  const env = {
    NODE_ENV: 'staging',
    CLOCK_TOLERANCE_SECONDS: '300',
    ACCESS_TOKEN_EXPIRE_MINUTES: '1440',
  };
  let apps: TestApp[] = [];

  afterEach(async () => {
    for (const app of apps.toReversed()) await app.close();
    apps = [];
  });

  it.each(['logout', 'deletion'])(
    'by %s is remembered for as long as clocks may differ after the longest life of a token',
    async (how) => {
      const app = await startApp({ env });
      apps.push(app);
      const api = new Api(app.url);
      const { access_token: token, session_id } = await api.register();
      if (how === 'logout') await api.logout(token);
      else await app.database.query(`DELETE FROM sessions WHERE id = $1`, [session_id]);
      app.clock.advance({ hours: 24, minutes: 4 });
      await app.nest.get(Sweeper).sweep();
      const later = await startApp({ env, beside: app });
      apps.push(later);
      for (const { url } of apps)
        expect((await new Api(url).me(token)).body.code).toBe('session_revoked');
    },
  );
});
