import { randomUUID } from 'node:crypto';
import { Identities } from '../../src/index.js';
import { Api, PASSWORD, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';
import { tablesOf } from '../support/rows.js';

/** Columns that an export leaves out, each with the reason. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'users.password_hash': 'a secret',
  'proofs.token_hash': 'a secret',
  'proofs.code_hash': 'a secret',
  'mails.data': 'has the secrets of a mail, encrypted',
  'users.claims_version': 'a counter',
  'sessions.epoch': 'a counter',
  'sessions.provable_epoch': 'a counter',
  'sessions.generation': 'a counter',
  'sessions.generation_key': 'a counter',
  'sessions.next_key': 'a counter',
  'sessions.version': 'a counter',
  'sessions.children': 'counters of some seconds',
  'sessions.superseded': 'counters of some seconds',
};

/** Tables that an export leaves out, each with the reason. */
const TABLES_LEFT_OUT: Readonly<Record<string, string>> = {
  evergreen_migrations: 'about nobody',
  imports: 'how far files of users were imported, without anything about the users',
  revocations: 'the ids of sessions that are in the export',
  unfinished_endings: 'a note of the server to itself, for seconds',
  used_possession_proofs: 'ids of requests of the last minutes, without a user',
  unfinished_deletions: 'a note of the server to itself, for seconds',
};

interface Export {
  readonly user: Record<string, unknown>;
  readonly identities: unknown[];
  readonly sessions: { id: string }[];
  readonly events: { id: string; type: string }[];
  readonly mails: { kind: string }[];
  readonly mailed_proofs: { purpose: string }[];
}

const said = ({ status, body }: ApiResponse<object>) =>
  body.code ? `${status} ${body.code}` : status;

describe('GET /api/users/me/export', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ env: UNDELIVERED });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    api = new Api(app.url);
  });

  const exportOf = (token: string) => api.call<Export>('GET', '/users/me/export', { token });

  /** Somebody with rows in every table. */
  async function signUp() {
    const person = await api.register({ first_name: 'Adelheid' });
    const { id } = person.user;
    const subject = `subject-${randomUUID()}`;
    await app.nest.get(Identities).link(id, { issuer: 'https://idp.example', subject });
    await app.database.query(
      `UPDATE users SET roles = '{falconer}', metadata = '{"plan": "platinum"}' WHERE id = $1`,
      [id],
    );
    const other = await api.anotherDevice().login(person.email, { remember_me: true });
    await api.login(person.email, { password: 'wrong-one' });
    await api.call('POST', '/auth/forgot-password', { body: { email: person.email } });
    const { token, code } = await lastMail(app, person.email, 'reset_password');
    await api.logout(other.body.access_token);
    const change = await api.changePassword(
      person.access_token,
      PASSWORD,
      'copper-Meadow-58-anchor',
    );
    return { ...person, ...change.body, secrets: [token, code, PASSWORD] };
  }

  it('has everything that the tables have about the user, and no secret', async () => {
    const { user, access_token, refresh_token = '', secrets } = await signUp();
    await api.register();
    const { status, text, headers, body } = await exportOf(access_token);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(headers.get('content-disposition')).toBe('attachment; filename="account.json"');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.mails.map(({ kind }) => kind)).toContain('password_changed');

    const seen = new Set<string>();
    for (const table of await tablesOf(app.database)) {
      if (table in TABLES_LEFT_OUT) continue;
      const owner = table === 'users' ? 'id' : 'user_id';
      const rows = await app.database.query<Record<string, unknown>>(
        `SELECT to_jsonb(t) AS row FROM "${table}" AS t WHERE ${owner} = $1`,
        [user.id],
      );
      expect({ table, rows: rows.length }).not.toEqual({ table, rows: 0 });
      for (const { row } of rows)
        for (const [column, value] of Object.entries(row as object) as [
          string,
          object | string | null,
        ][]) {
          const name = `${table}.${column}`;
          seen.add(name);
          const isThere = value === null || isIn(text, value, table, column);
          if (name in LEFT_OUT || column === 'user_id') continue;
          expect({ name, value, isThere }).toEqual({ name, value, isThere: true });
        }
    }
    expect(Object.keys(LEFT_OUT).filter((name) => !seen.has(name))).toEqual([]);
    const [hashes] = await app.database.query<{ hash: string }>(
      'SELECT password_hash AS hash FROM users WHERE id = $1',
      [user.id],
    );
    for (const secret of [...secrets, hashes?.hash ?? '', access_token, refresh_token])
      expect(text).not.toContain(secret);
  });

  /** Times and JSON are written otherwise by PostgreSQL. */
  function isIn(
    text: string,
    value: object | string | number | boolean,
    table: string,
    column: string,
  ): boolean {
    if (column.endsWith('_at') || column === 'send_until' || column === 'sessions_end_before')
      return text.includes(new Date(value as string).toISOString());
    if (`${table}.${column}` === 'security_events.details')
      return Object.values(value).every((one) => text.includes(JSON.stringify(one)));
    return text.includes(JSON.stringify(value));
  }

  it('has nothing of anybody else', async () => {
    const [person, other] = [await signUp(), await signUp()];
    const { text } = await exportOf(person.access_token);
    for (const theirs of [other.email, other.user.id, other.session_id])
      expect(text).not.toContain(theirs);
  });

  it('has every row, of very many', async () => {
    const { user, access_token } = await api.register();
    await app.database.query(
      `INSERT INTO security_events (id, type, occurred_at, user_id, details)
       SELECT gen_random_uuid(), 'login_failed', now(), $1, '{}' FROM generate_series(1, 1700)`,
      [user.id],
    );
    const { body } = await exportOf(access_token);
    const ids = new Set(body.events.map(({ id }) => id));
    expect([body.events.length, ids.size]).toEqual([1701, 1701]);
  });

  it('has empty lists where there is nothing', async () => {
    const { access_token } = await api.register();
    await app.database.query('DELETE FROM mails');
    const { body } = await exportOf(access_token);
    expect([body.identities, body.mails]).toEqual([[], []]);
  });

  it('is given five times an hour', async () => {
    const { access_token } = await api.register();
    for (let time = 1; time <= 5; time += 1) expect(said(await exportOf(access_token))).toBe(200);
    const limited = await exportOf(access_token);
    expect(said(limited)).toBe('429 rate_limited');
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(3000);
    const other = await api.register();
    expect(said(await exportOf(other.access_token))).toBe(200);
    app.clock.advance({ minutes: 61 });
    expect(said(await exportOf(access_token))).toBe(200);
  });

  it('needs a token of a live session', async () => {
    expect(said(await api.call('GET', '/users/me/export'))).toBe('401 token_missing');
    const { access_token } = await api.register();
    await api.logout(access_token);
    expect(said(await exportOf(access_token))).toBe('401 session_revoked');
  });

  it('breaks off if a later page cannot be read, so that nobody takes it for complete', async () => {
    const { access_token } = await api.register();
    await app.database.query('ALTER TABLE proofs RENAME TO proofs_away');
    try {
      await expect(exportOf(access_token)).rejects.toThrow();
    } finally {
      await app.database.query('ALTER TABLE proofs_away RENAME TO proofs');
    }
  });
});
