import { randomUUID } from 'node:crypto';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { NIL } from 'uuid';
import { AccountDeletionService } from '../../src/auth/index.js';
import { Identities } from '../../src/index.js';
import { SecurityEvents } from '../../src/platform/events/index.js';
import { Api, newEmail, PASSWORD, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { lastMail, mailsTo, UNDELIVERED } from '../support/mails.js';
import { rowsWith } from '../support/rows.js';
import { startSmtp, type SmtpReceiver } from '../support/smtp-receiver.js';

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const NEW_PASSWORD = 'copper-Meadow-58-anchor';
const IP = '198.51.100.77';

type SignedIn = Awaited<ReturnType<Api['register']>>;

/** Status and code of a response. */
const said = ({ status, body }: ApiResponse<object>) =>
  body.code ? `${status} ${body.code}` : status;

describe('the deletion of an account', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ env: { ...UNDELIVERED, ADMIN_TOKEN, MAX_SESSIONS_PER_USER: '0' } });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    api = new Api(app.url);
  });

  const remove = (token: string, body: object = { current_password: PASSWORD }, by = api) =>
    by.call('POST', '/auth/delete-account', { token, body });
  const countOf = async (table: string, column: string, id: string) => {
    const [row] = await app.database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${table} WHERE ${column} = $1`,
      [id],
    );
    return row?.count;
  };
  const userRows = async (id: string) => countOf('users', 'id', id);

  /** Somebody who signs in without a password. */
  async function withoutPassword() {
    const person = await api.register();
    await app.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [
      person.user.id,
    ]);
    return person;
  }

  describe('POST /api/auth/delete-account', () => {
    it('ends every session, on every device, and forgets the account', async () => {
      const person = await api.register();
      const other = await api.anotherDevice().login(person.email);
      expect(said(await remove(person.access_token))).toBe(204);
      for (const token of [person.access_token, other.body.access_token])
        expect(said(await api.me(token))).toBe('401 session_revoked');
      for (const signedIn of [person, other.body])
        expect(said(await api.refresh(refreshTokenOf(signedIn)))).toBe('401 session_revoked');
      expect(said(await api.login(person.email))).toBe('401 invalid_credentials');
      expect(await userRows(person.user.id)).toBe(0);
    });

    it('leaves everybody else as they are', async () => {
      const [person, other] = [await api.register(), await api.register()];
      // Their rows change with every attempt to send them.
      await app.database.query('DELETE FROM mails WHERE user_id = $1', [other.user.id]);
      const before = await rowsWith(app.database, [other.user.id, other.email]);
      await remove(person.access_token);
      expect(await rowsWith(app.database, [other.user.id, other.email])).toEqual(before);
      expect(said(await api.me(other.access_token))).toBe(200);
    });

    it('needs the password', async () => {
      const { access_token, user } = await api.register();
      expect(said(await remove(access_token, { current_password: 'wrong' }))).toBe(
        '422 current_password_invalid',
      );
      expect(said(await remove(access_token, {}))).toBe('422 validation_failed');
      expect(said(await remove(access_token, { current_password: null }))).toBe(
        '422 validation_failed',
      );
      expect(said(await remove(access_token, { code: '12345678' }))).toBe('422 validation_failed');
      expect(said(await api.me(access_token))).toBe(200);
      const events = await app.database.query(
        `SELECT FROM security_events WHERE user_id = $1 AND type = 'password_change_failed'`,
        [user.id],
      );
      expect(events).toHaveLength(1);
    });

    it('is closed to a token of a session that ended', async () => {
      const { access_token } = await api.register();
      await api.logout(access_token);
      expect(said(await remove(access_token))).toBe('401 session_revoked');
    });

    it('frees the address at once, for another account', async () => {
      const { email, access_token, user } = await api.register();
      await remove(access_token);
      const next = await api.register({ email });
      expect(next.user.id).not.toBe(user.id);
      expect(said(await api.me(next.access_token))).toBe(200);
    });

    it('clears the cookie', async () => {
      const page = { origin: app.url, 'x-requested-with': 'jest' };
      const { headers, body } = await api.call<SignedIn>('POST', '/auth/register', {
        body: { email: newEmail(), password: PASSWORD, transport: 'cookie' },
        headers: page,
      });
      const cookie = (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
      expect(cookie).toMatch(/^evergreen_refresh_token=./);
      const deletion = await api.call('POST', '/auth/delete-account', {
        token: body.access_token,
        body: { current_password: PASSWORD },
        headers: { ...page, cookie },
      });
      expect(said(deletion)).toBe(204);
      expect(deletion.headers.get('set-cookie')).toMatch(/^evergreen_refresh_token=;/);
    });

    it('happens once, of several at one moment', async () => {
      const { access_token, email } = await api.register();
      const responses = await Promise.all(
        Array.from({ length: 5 }, () => remove(access_token, undefined, api.anotherDevice())),
      );
      const statuses = responses.map(said);
      expect(statuses.filter((one) => one === 204)).toHaveLength(1);
      for (const status of statuses.filter((one) => one !== 204))
        expect(['401 session_revoked', '422 current_password_invalid']).toContain(status);
      const mails = await mailsTo(app, email);
      expect(mails.map(({ kind }) => kind)).toEqual(['account_deleted']);
    });

    it('is refused if the password was changed meanwhile', async () => {
      const { access_token, user } = await api.register();
      const hold = app.database.transaction();
      try {
        await hold.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [user.id]);
        const deletion = remove(access_token);
        const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
        await eventually(async () => (await app.database.query(waits)).length > 0);
        await hold.query(`UPDATE users SET password_hash = 'another' WHERE id = $1`, [user.id]);
        await hold.query('COMMIT');
        expect(said(await deletion)).toBe('422 current_password_invalid');
        expect(said(await api.me(access_token))).toBe(200);
      } finally {
        await hold.end();
      }
    });

    it('is limited like other routes that take a password', async () => {
      const limited = await startApp({ beside: app, env: { THROTTLE_LOGIN_LIMIT: '3' } });
      try {
        const { access_token } = await api.register();
        const at = api.at(limited.url);
        const guess = () => remove(access_token, { current_password: 'wrong' }, at);
        for (let attempt = 1; attempt <= 3; attempt += 1) expect((await guess()).status).toBe(422);
        expect(said(await guess())).toBe('429 rate_limited');
      } finally {
        await limited.close();
      }
    });

    it('tells the address in a last mail, and drops those that wait', async () => {
      const { access_token, email } = await api.register();
      await api.changePassword(access_token, PASSWORD, NEW_PASSWORD);
      const { body } = await api.login(email, { password: NEW_PASSWORD });
      expect((await mailsTo(app, email)).length).toBeGreaterThan(1);
      await remove(body.access_token, { current_password: NEW_PASSWORD });
      const [mail, ...more] = await mailsTo(app, email);
      expect(more).toEqual([]);
      expect(mail).toMatchObject({
        kind: 'account_deleted',
        userId: null,
        data: { network: '127.0.0.0/24' },
      });
    });

    it('tells the old address, too, as long as that can undo a change', async () => {
      const { access_token, email } = await api.register();
      const { token } = await lastMail(app, email, 'verify_address');
      await api.call('POST', '/auth/verify-email', { body: { token } });
      const next = newEmail();
      const change = { new_email: next, current_password: PASSWORD };
      await api.call('POST', '/auth/change-email', { token: access_token, body: change });
      const proof = await lastMail(app, next, 'verify_new_address');
      await api.call('POST', '/auth/verify-email', { body: { token: proof.token } });
      expect(said(await remove(access_token))).toBe(204);
      for (const address of [email, next])
        expect((await mailsTo(app, address)).map(({ kind }) => kind)).toEqual(['account_deleted']);
    });

    it('cannot be repeated with a new account to flood an address with mails', async () => {
      const email = newEmail();
      const kinds = async () => (await mailsTo(app, email)).map(({ kind }) => kind);
      for (let account = 1; account <= 5; account += 1) {
        const { access_token } = await api.register({ email });
        expect(await kinds()).toContain('verify_address');
        await remove(access_token);
        expect(await kinds()).toEqual(['account_deleted']);
      }
      const { access_token } = await api.register({ email });
      expect(await kinds()).toEqual(['account_deleted']);
      expect(said(await api.call('POST', '/auth/send-verification', { token: access_token }))).toBe(
        '429 rate_limited',
      );
      await remove(access_token);
      expect(await kinds()).toEqual([]);
      app.clock.advance({ minutes: 61 });
      await api.register({ email });
      expect(await kinds()).toEqual(['verify_address']);
    });

    it('drops no mail to somebody whose address the user has asked for', async () => {
      const victim = await api.register();
      const { access_token } = await api.register();
      const change = { new_email: victim.email, current_password: PASSWORD };
      await api.call('POST', '/auth/change-email', { token: access_token, body: change });
      const before = await mailsTo(app, victim.email);
      expect(before.map(({ kind }) => kind)).toEqual(['verify_address', 'already_registered']);
      await remove(access_token);
      expect(await mailsTo(app, victim.email)).toEqual(before);
    });

    it('records that an account was deleted, and not whose; listeners are told', async () => {
      const { access_token, user } = await api.register();
      await app.database.query(`DELETE FROM security_events WHERE type = 'account_deleted'`);
      const heard: { userId: string | null }[] = [];
      const emitter = app.nest.get(EventEmitter2);
      const listener = (event: { userId: string | null }) => void heard.push(event);
      emitter.on('security.account_deleted', listener);
      try {
        await remove(access_token);
      } finally {
        emitter.off('security.account_deleted', listener);
      }
      expect(heard).toMatchObject([{ userId: user.id }]);
      const events = await app.database.query(
        `SELECT user_id, session_id, network, device_name, fingerprint, details FROM security_events
         WHERE type = 'account_deleted'`,
      );
      expect(events).toEqual([
        {
          user_id: null,
          session_id: null,
          network: null,
          device_name: null,
          fingerprint: null,
          details: { by: 'user', sessions: 1 },
        },
      ]);
    });

    it('records nothing about the user that comes afterwards', async () => {
      const { access_token, user } = await api.register();
      await remove(access_token);
      await app.nest.get(SecurityEvents).emit('password_change_failed', { userId: user.id });
      expect(await countOf('security_events', 'user_id', user.id)).toBe(0);
    });

    it('waits for an event that is just being recorded, and deletes that, too', async () => {
      const { access_token, user } = await api.register();
      const recording = app.database.transaction();
      try {
        await recording.query('SELECT FROM users WHERE id = $1 FOR KEY SHARE', [user.id]);
        await recording.query(
          `INSERT INTO security_events (id, type, occurred_at, user_id, details) VALUES ($1, 'logout', now(), $2, '{}')`,
          [randomUUID(), user.id],
        );
        const deletion = remove(access_token);
        const waits = `SELECT FROM pg_stat_activity WHERE query LIKE '%DELETE FROM users%' AND wait_event_type = 'Lock'`;
        await eventually(async () => (await app.database.query(waits)).length > 0);
        await recording.query('COMMIT');
        expect(said(await deletion)).toBe(204);
        expect(await countOf('security_events', 'user_id', user.id)).toBe(0);
      } finally {
        await recording.end();
      }
    });
  });

  describe('a user without a password', () => {
    it('deletes the account after a recent login, without anything else', async () => {
      const { access_token, user } = await withoutPassword();
      expect(said(await remove(access_token))).toBe('422 current_password_invalid');
      expect(said(await remove(access_token, {}))).toBe(204);
      expect(await userRows(user.id)).toBe(0);
    });

    it('needs a more recent login after five minutes, and stays signed in', async () => {
      const { access_token, user } = await withoutPassword();
      app.clock.advance({ minutes: 6 });
      const { headers, body } = await remove(access_token, {});
      expect(body).toMatchObject({ code: 'reauthentication_required', max_age: 300 });
      expect(headers.get('set-cookie')).toBeNull();
      expect(said(await api.me(access_token))).toBe(200);
      expect(await userRows(user.id)).toBe(1);
    });

    it('is mailed no code', async () => {
      const { access_token, email } = await withoutPassword();
      const asked = await api.call('POST', '/auth/send-deletion-code', { token: access_token });
      expect(said(asked)).toBe('404 not_found');
      expect((await mailsTo(app, email)).map(({ kind }) => kind)).toEqual(['verify_address']);
    });
  });

  describe('DELETE /api/admin/users/{id}', () => {
    const removeByOperator = (id: string) =>
      api.call<{ revoked: number }>('DELETE', `/admin/users/${id}`, { token: ADMIN_TOKEN });

    it('deletes an account, and says how many sessions ended', async () => {
      const { email, user, access_token } = await api.register();
      await api.anotherDevice().login(email);
      const response = await removeByOperator(user.id);
      expect([response.status, response.body]).toEqual([200, { revoked: 2 }]);
      expect(said(await api.me(access_token))).toBe('401 session_revoked');
      expect(await userRows(user.id)).toBe(0);
      expect((await mailsTo(app, email)).map(({ kind, data }) => [kind, data])).toEqual([
        ['account_deleted', { at: expect.any(String) as string, deviceName: null, network: null }],
      ]);
      expect(said(await removeByOperator(user.id))).toBe('404 not_found');
    });

    it('deletes that of a deactivated user', async () => {
      const { user } = await api.register();
      await api.call('PUT', `/admin/users/${user.id}/deactivation`, { token: ADMIN_TOKEN });
      expect((await removeByOperator(user.id)).body).toEqual({ revoked: 0 });
      expect(await userRows(user.id)).toBe(0);
    });

    it.each([NIL, 'nobody'])('does not find %s', async (id) => {
      expect(said(await removeByOperator(id))).toBe('404 not_found');
    });
  });

  describe('a deletion with very many rows', () => {
    const multiply = async ({ session_id, user }: SignedIn, count: number) => {
      await app.database.query(
        `INSERT INTO sessions SELECT copy.* FROM sessions AS s, generate_series(1, $2::int) AS number,
           LATERAL jsonb_populate_record(s, jsonb_build_object('id', md5(s.id::text || number)::uuid)) AS copy WHERE s.id = $1`,
        [session_id, count],
      );
      await app.database.query(
        `INSERT INTO security_events (id, type, occurred_at, user_id, details)
         SELECT gen_random_uuid(), 'login_failed', now(), $1, '{}' FROM generate_series(1, $2::int)`,
        [user.id, count],
      );
    };
    const left = async (id: string) =>
      Promise.all([
        userRows(id),
        countOf('sessions', 'user_id', id),
        countOf('security_events', 'user_id', id),
        countOf('revocations', 'user_id', id),
      ]);

    it('leaves none of them, and revokes all sessions', async () => {
      const person = await api.register();
      await multiply(person, 2500);
      await app.database.query('DELETE FROM revocations');
      expect(said(await remove(person.access_token))).toBe(204);
      expect(await left(person.user.id)).toEqual([0, 0, 0, 0]);
      expect(await countOf('revocations', 'user_id', NIL)).toBe(2501);
    });

    it('is finished by a job if the process ended in the middle', async () => {
      const person = await api.register();
      await multiply(person, 1500);
      const { id } = person.user;
      // As after the first transaction, with sessions that are not ended one by one yet.
      await app.database.query('UPDATE users SET deactivated_at = now() WHERE id = $1', [id]);
      await app.database.query(
        `INSERT INTO unfinished_deletions VALUES ($1, now() + $2 * interval '1 millisecond')`,
        [id, app.clock.offsetMs],
      );
      const job = app.nest.get(AccountDeletionService);
      app.clock.advance({ seconds: 59 });
      await job.finishAll();
      expect(await userRows(id)).toBe(1);
      app.clock.advance({ seconds: 2 });
      await job.finishAll();
      expect(await left(id)).toEqual([0, 0, 0, 0]);
      expect(await app.database.query('SELECT FROM unfinished_deletions')).toEqual([]);
      expect(said(await api.me(person.access_token))).toBe('401 session_revoked');
    });

    it('is tried again while a table of a team holds the user', async () => {
      await app.database.query('CREATE TABLE notes (author uuid REFERENCES users (id))');
      try {
        const { access_token, user, email } = await api.register();
        await app.database.query('INSERT INTO notes VALUES ($1)', [user.id]);
        expect(said(await remove(access_token))).toBe(204);
        expect(said(await api.login(email))).toBe('401 invalid_credentials');
        expect(await userRows(user.id)).toBe(1);
        await app.database.query('DELETE FROM notes');
        app.clock.advance({ minutes: 2 });
        await app.nest.get(AccountDeletionService).finishAll();
        expect(await userRows(user.id)).toBe(0);
      } finally {
        await app.database.query('DROP TABLE notes');
      }
    });
  });
});

describe('after the deletion of an account', () => {
  let smtp: SmtpReceiver | undefined;
  let apps: TestApp[] = [];

  beforeEach(async () => {
    smtp = await startSmtp();
  });
  afterEach(async () => {
    for (const app of apps.reverse()) await app.close();
    apps = [];
    await smtp?.close();
  });

  async function start(beside?: TestApp): Promise<TestApp> {
    const mail = { ...UNDELIVERED, MAIL_URL: smtp?.url ?? '' };
    const app = await startApp({
      env: { ...mail, TRUST_PROXY: '127.0.0.1' },
      ...(beside && { beside }),
    });
    apps.push(app);
    return app;
  }

  /** Somebody with rows in every table. */
  async function signUp(app: TestApp) {
    const headers = {
      'x-forwarded-for': IP,
      'user-agent': 'Mozilla/5.0 (X11; OpenBSD) Gecko/20100101 Firefox/140.0',
    };
    const api = new Api(app.url);
    const email = `Ada.${randomUUID()}@example.com`.toLowerCase();
    const names = { first_name: 'Adelheid', last_name: 'Lovelacia' };
    const { body } = await api.call<SignedIn>('POST', '/auth/register', {
      body: { email, password: PASSWORD, ...names },
      headers,
    });
    const subject = `subject-${randomUUID()}`;
    await app.nest.get(Identities).link(body.user.id, { issuer: 'https://idp.example', subject });
    await app.database.query(
      `UPDATE users SET roles = '{falconer}', metadata = '{"plan": "platinum-plan"}' WHERE id = $1`,
      [body.user.id],
    );
    await api.call('POST', '/auth/login', { body: { email, password: 'wrong-one' }, headers });
    await api.call('POST', '/auth/login', { body: { email, password: PASSWORD }, headers });
    await api.call('POST', '/auth/forgot-password', { body: { email }, headers });
    const rows = await app.database.query<Record<string, string>>(
      `SELECT fingerprint, ip, device_name FROM sessions WHERE user_id = $1`,
      [body.user.id],
    );
    const needles = new Set([
      body.user.id,
      email,
      ...Object.values(names),
      subject,
      'falconer',
      'platinum-plan',
      IP,
      '198.51.100.0',
      ...rows.flatMap(({ fingerprint, ip, device_name }) => [fingerprint!, ip!, device_name!]),
    ]);
    return { api, headers, needles: [...needles], ...body, email };
  }

  it('no row of any table has anything of the person', async () => {
    const app = await start();
    const { api, access_token, needles, headers, email, session_id } = await signUp(app);
    const tables = new Set((await rowsWith(app.database, needles)).map(({ table }) => table));
    expect([...tables].sort()).toEqual([
      'identities',
      'mails',
      'proofs',
      'security_events',
      'sessions',
      'users',
    ]);
    const response = await api.call('POST', '/auth/delete-account', {
      token: access_token,
      body: { current_password: PASSWORD },
      headers,
    });
    expect(response.status).toBe(204);
    const isLast = ({ subject }: { subject?: string | undefined }) =>
      subject === 'Your account was deleted';
    await eventually(() => Promise.resolve(smtp?.received.some(isLast) ?? false));
    await eventually(
      async () =>
        (await app.database.query('SELECT FROM mails WHERE recipient IS NOT NULL')).length === 0,
    );
    expect(smtp?.received.find(isLast)?.to).toMatchObject({ text: email });
    expect(await rowsWith(app.database, needles)).toEqual([]);
    // What stays: that this session has ended, whosever it was.
    const left = await rowsWith(app.database, [session_id]);
    expect(left.map(({ table }) => table)).toEqual(['revocations']);
  });

  it('its tokens are refused on every instance, and after a restart', async () => {
    const one = await start();
    const beside = await start(one);
    const { api, access_token, refresh_token, headers } = await signUp(one);
    expect(said(await api.at(beside.url).me(access_token))).toBe(200);
    await api.call('POST', '/auth/delete-account', {
      token: access_token,
      body: { current_password: PASSWORD },
      headers,
    });
    const verify = async (url: string) =>
      said(await api.at(url).call('GET', '/auth/verify', { token: access_token }));
    await eventually(async () => (await verify(beside.url)) === '401 session_revoked');
    const restarted = await start(one);
    for (const { url } of [one, beside, restarted]) {
      expect(await verify(url)).toBe('401 session_revoked');
      expect(said(await api.at(url).refresh(refresh_token ?? ''))).toBe('401 session_revoked');
    }
    one.clock.advance({ hours: 23 });
    const late = await start(one);
    expect(['401 session_revoked', '401 token_expired']).toContain(await verify(late.url));
  });
});
