import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Injectable, Module } from '@nestjs/common';
import { EventSweeper } from '../../src/activity/event-sweeper.js';
import { AuthService } from '../../src/auth/index.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { OnEvent, type SecurityEvent } from '../../src/index.js';
import { queryChannel, type PublishedQuery } from '../../src/platform/database/index.js';
import {
  Api,
  newEmail,
  outcomeOf,
  PASSWORD,
  refreshTokenOf,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

interface EventList {
  readonly events: {
    id: string;
    type: string;
    occurred_at: string;
    session_id: string | null;
    device_name: string | null;
    network: string | null;
    details: object;
  }[];
  readonly next_cursor: string | null;
}

const FIREFOX = {
  'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0',
};
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** A listener as a team would write it. */
@Injectable()
class Diary {
  readonly lines: string[] = [];

  @OnEvent('security.*')
  write({ type, userId }: SecurityEvent): void {
    this.lines.push(`${type} ${userId}`);
  }

  @OnEvent('security.password_changed')
  fail(): void {
    throw new Error('The pen is empty.');
  }
}

@Module({ providers: [Diary] })
class DiaryModule {}

describe('security events', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp({ env: { TRUST_PROXY: '127.0.0.1' }, modules: [DiaryModule] });
    browser = new Api(app.url);
  });
  afterAll(() => app.close());

  const list = async (token: string, query = ''): Promise<ApiResponse<EventList>> =>
    browser.call<EventList>('GET', `/auth/events${query}`, { token });
  const typesOf = async (token: string) => (await list(token)).body.events.map(({ type }) => type);
  const loginFrom = async (ip: string, email: string, password = PASSWORD) =>
    browser.call<TokenResponse>('POST', '/auth/login', {
      body: { email, password },
      headers: { 'x-forwarded-for': ip },
    });
  const recorded = async (where: string, values: unknown[] = []) =>
    app.database.query<{ type: string; network: string; details: object; user_id: string | null }>(
      `SELECT * FROM security_events WHERE ${where} ORDER BY id`,
      values,
    );

  describe('GET /api/auth/events', () => {
    it('lists my sign-ins before their answer is sent, with device and network', async () => {
      const email = newEmail();
      const headers = { ...FIREFOX, 'x-forwarded-for': '203.0.113.77' };
      const registered = await browser.call<TokenResponse>('POST', '/auth/register', {
        body: { email, password: PASSWORD },
        headers,
      });
      const { body } = await browser.call<TokenResponse>('POST', '/auth/login', {
        body: { email, password: PASSWORD },
        headers,
      });
      const client = { device_name: 'Firefox on Windows', network: '203.0.113.0/24' };
      expect((await list(body.access_token)).body).toEqual({
        events: [
          {
            id: expect.any(String) as string,
            type: 'login_succeeded',
            occurred_at: expect.any(String) as string,
            session_id: body.session_id,
            ...client,
            details: { amr: ['pwd'] },
          },
          {
            id: expect.any(String) as string,
            type: 'registered',
            occurred_at: expect.any(String) as string,
            session_id: registered.body.session_id,
            ...client,
            details: {},
          },
        ],
        next_cursor: null,
      });
    });

    it('goes through them page by page, newest first, each of them once', async () => {
      const { email, access_token: token } = await browser.register();
      for (let count = 0; count < 4; count++) await browser.login(email);
      const all = (await list(token)).body.events;
      expect(all.map(({ type }) => type)).toEqual([
        ...Array<string>(4).fill('login_succeeded'),
        'registered',
      ]);
      expect(all.map(({ id }) => id)).toEqual(
        all.map(({ id }) => id).sort((one, other) => (one < other ? 1 : -1)),
      );

      const pages = [];
      for (let query = '?limit=2'; query;) {
        const { events, next_cursor } = (await list(token, query)).body;
        pages.push(events);
        query = next_cursor ? `?limit=2&cursor=${next_cursor}` : '';
      }
      expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
      expect(pages.flat()).toEqual(all);
    });

    it('has 20 on a page unless it is asked for more or less, and no further page where the last one was just full', async () => {
      const { email, access_token: token } = await browser.register();
      for (let count = 0; count < 20; count++) await browser.login(email);
      const page = async (query: string) => (await list(token, query)).body;
      expect((await page('')).events).toHaveLength(20);
      expect((await page('')).next_cursor).not.toBeNull();
      expect((await page('?limit=20')).next_cursor).not.toBeNull();
      expect(await page('?limit=21')).toMatchObject({ events: { length: 21 }, next_cursor: null });
      expect(await page('?limit=100')).toMatchObject({ events: { length: 21 }, next_cursor: null });
      expect(await page('?limit=1')).toMatchObject({ events: { length: 1 } });
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1.5',
      'limit=ten',
      'limit=',
      'limit=1&limit=2',
      'cursor=',
      'cursor=abc',
      'page=2',
    ])('refuses ?%s as validation_failed', async (query) => {
      const { access_token: token } = await browser.register();
      const response = await list(token, `?${query}`);
      expect([response.status, response.body.code]).toEqual([422, 'validation_failed']);
      expect(response.body.errors).toMatchObject([{ field: query.split('=')[0] }]);
    });

    it("shows nobody else's, whatever the cursor", async () => {
      const mine = await browser.register();
      const stranger = await browser.register();
      const [theirs] = (await list(stranger.access_token)).body.events;
      const { events } = (await list(mine.access_token, `?cursor=${theirs?.id}`)).body;
      expect(events.map(({ session_id }) => session_id)).toEqual([mine.session_id]);
    });

    it('needs an access token, and has the usual aliases', async () => {
      const { access_token: token } = await browser.register();
      expect((await browser.call('GET', '/auth/events')).body.code).toBe('token_missing');
      for (const path of ['/auth/events', '/api/v1/auth/events']) {
        const response = await fetch(app.url + path, {
          headers: { authorization: `Bearer ${token}` },
        });
        expect(response.status).toBe(200);
      }
    });
  });

  describe('are recorded of', () => {
    it('a sign-in that failed, for the owner of the address', async () => {
      const { email, access_token: token } = await browser.register();
      await loginFrom('198.51.100.9', email, 'not-the-password');
      expect((await list(token)).body.events[0]).toMatchObject({
        type: 'login_failed',
        session_id: null,
        network: '198.51.100.0/24',
        details: {},
      });
    });

    it('a sign-in to an address that nobody has registered, without the address', async () => {
      const email = newEmail();
      for (const spelling of [email, email.toUpperCase()]) await loginFrom('192.0.2.200', spelling);
      const [first, second] = await recorded(`network = '192.0.2.0/24'`);
      expect(first).toMatchObject({
        type: 'login_failed',
        user_id: null,
        details: { unknown_account: expect.any(String) as string },
      });
      expect(second?.details).toEqual(first?.details);
      expect(JSON.stringify([first, second]).toLowerCase()).not.toContain(email);
    });

    it.each([
      ['192.0.2.201:4711', '192.0.2.0/24'],
      ['[::ffff:192.0.2.201]:4711', '192.0.2.0/24'],
      ['unknown', null],
    ])('a client whose proxy reports %s, as one in %s', async (reported, network) => {
      const { email, access_token: token } = await browser.register();
      await loginFrom(reported, email, 'not-the-password');
      expect((await list(token)).body.events[0]).toMatchObject({ type: 'login_failed', network });
    });

    it('the ends of sessions', async () => {
      const { email, access_token: token, session_id } = await browser.register();
      const [other, another] = [
        (await browser.login(email)).body,
        (await browser.login(email)).body,
      ];
      await browser.logout(other.access_token);
      await browser.logout(other.access_token);
      await browser.call('DELETE', `/sessions/${another.session_id}`, { token });
      const { events } = (await list(token)).body;
      expect(events.slice(0, 2)).toMatchObject([
        {
          type: 'session_ended',
          session_id: another.session_id,
          details: { reason: 'ended_by_user', by_session: session_id },
        },
        { type: 'logout', session_id: other.session_id, network: '127.0.0.0/24' },
      ]);
      expect(events.filter(({ type }) => type === 'logout')).toHaveLength(1);

      await browser.call('POST', '/auth/logout-all', { token });
      const last = (await list((await browser.login(email)).body.access_token)).body.events[1];
      expect(last).toMatchObject({ type: 'logout_all', session_id, details: { sessions: 1 } });
    });

    it('changes of password, and of attempts at it; a listener that fails harms nobody', async () => {
      const { access_token: token } = await browser.register();
      expect(
        (await browser.changePassword(token, 'not-the-password', NEW_PASSWORD)).body.code,
      ).toBe('current_password_invalid');
      const { status, body } = await browser.changePassword(token, PASSWORD, NEW_PASSWORD);
      expect(status).toBe(200);
      expect(await typesOf(body.access_token)).toEqual([
        'password_changed',
        'password_change_failed',
        'registered',
      ]);
    });

    it('a user who is barred', async () => {
      const { user } = await browser.register();
      await app.nest.get(AuthService, { strict: false }).deactivate(user.id);
      expect((await recorded('user_id = $1', [user.id])).at(-1)).toMatchObject({
        type: 'user_deactivated',
        details: { sessions: 1 },
      });
    });

    it('a refresh token that was used by two parties', async () => {
      const session = await browser.register();
      const thief = browser.anotherDevice();
      const stolen = await thief.refresh(refreshTokenOf(session));
      await browser.refresh(refreshTokenOf((await browser.refresh(refreshTokenOf(session))).body));
      expect(outcomeOf(await thief.refresh(refreshTokenOf(stolen.body)))).toBe(
        'refresh_reuse_detected',
      );
      const { access_token: token } = (await browser.login(session.email)).body;
      expect(await typesOf(token)).toEqual([
        'login_succeeded',
        'refresh_reuse_detected',
        'fingerprint_changed',
        'registered',
      ]);
    });

    it('a session that another client refreshes, once and not each time', async () => {
      const session = await browser.register();
      const renderer = browser.anotherDevice();
      let { body } = await renderer.refresh(refreshTokenOf(session));
      for (let count = 0; count < 3; count++)
        ({ body } = await renderer.refresh(refreshTokenOf(body)));
      await eventually(async () => (await typesOf(session.access_token)).length > 1);
      expect(await typesOf(session.access_token)).toEqual(['fingerprint_changed', 'registered']);
    });

    it('a sign-in from a new device, and not of the next one from there', async () => {
      const { email } = await browser.register();
      const phone = browser.anotherDevice();
      await phone.login(email);
      const { access_token: token } = (await phone.login(email)).body;
      expect(await typesOf(token)).toEqual([
        'login_succeeded',
        'new_device',
        'login_succeeded',
        'registered',
      ]);
    });

    it('a sign-in from a new network within minutes, and not of one that took its time', async () => {
      const { email } = await browser.register();
      app.clock.advance({ minutes: 11 });
      await loginFrom('198.51.100.7', email);
      const { access_token: token } = (await loginFrom('203.0.113.7', email)).body;
      const { events } = (await list(token)).body;
      expect(events.map(({ type }) => type)).toEqual([
        'new_network',
        'login_succeeded',
        'login_succeeded',
        'registered',
      ]);
      expect(events[0]).toMatchObject({
        network: '203.0.113.0/24',
        details: { previous_network: '198.51.100.0/24' },
      });
    });

    it('one network from which sign-ins to many accounts fail, once', async () => {
      for (let count = 0; count < 23; count++) await loginFrom(`100.64.7.${count}`, newEmail());
      const found = await recorded(`network = '100.64.7.0/24' AND type <> 'login_failed'`);
      expect(found).toMatchObject([
        { type: 'network_fails_many_accounts', user_id: null, details: {} },
      ]);
    });

    it('one account to which sign-ins fail from many networks, once', async () => {
      const { email, user } = await browser.register();
      for (let count = 0; count < 13; count++)
        await loginFrom(`100.65.${count}.1`, email, 'not-the-password');
      const found = await recorded(`user_id = $1 AND type NOT IN ('login_failed', 'registered')`, [
        user.id,
      ]);
      expect(found).toMatchObject([{ type: 'account_fails_from_many_networks', network: null }]);
    });

    it('a session that is given further tokens far too often, which lives on unless it is to be revoked', async () => {
      const session = await browser.register();
      for (let count = 0; count < 23; count++)
        await browser.anotherDevice().refresh(refreshTokenOf(session));
      await eventually(
        async () =>
          (await recorded(`type = 'refresh_rate_unusual' AND user_id = $1`, [session.user.id]))
            .length === 1,
      );
      expect((await browser.me(session.access_token)).status).toBe(200);
    });
  });

  it('reach listeners of other modules', async () => {
    const { email, user } = await browser.register();
    await browser.login(email);
    const { lines } = app.nest.get(Diary, { strict: false });
    expect(lines.slice(-2)).toEqual([`registered ${user.id}`, `login_succeeded ${user.id}`]);
  });

  it('cost the usual refresh nothing: it is one statement still', async () => {
    const session = await browser.register();
    // The mail of the registration needs statements, too, which have no names behind a pooler.
    await eventually(async () => {
      const [mail] = await app.database.query<{ sent_at: Date | null }>(
        'SELECT sent_at FROM mails WHERE user_id = $1',
        [session.user.id],
      );
      return !!mail?.sent_at;
    });
    const statements: string[] = [];
    const note = (query: unknown) => statements.push((query as PublishedQuery).summary);
    subscribe(queryChannel.start.name, note);
    const { body } = await browser.refresh(refreshTokenOf(session));
    await browser.refresh(refreshTokenOf(body));
    unsubscribe(queryChannel.start.name, note);
    // An instance looks for mails to send, whoever asks for what.
    expect(statements.filter((name) => !name.includes('_mail'))).toHaveLength(2);
  });

  describe('with a table that cannot be written', () => {
    it('let everybody sign in', async () => {
      const { email } = await browser.register();
      await app.database.query('ALTER TABLE security_events RENAME TO security_events_away');
      const signedIn = [
        (await browser.login(email)).status,
        (await browser.call('GET', '/auth/events')).status,
      ];
      const registered = await browser.register();
      expect((await browser.login(email, { password: 'wrong' })).body.code).toBe(
        'invalid_credentials',
      );
      expect((await browser.logout(registered.access_token)).status).toBe(204);
      await app.database.query('ALTER TABLE security_events_away RENAME TO security_events');
      expect(signedIn).toEqual([200, 401]);
      const metrics = await (await fetch(`${app.url}/metrics`)).text();
      expect(metrics).toMatch(
        /evergreen_security_events_total\{type="login_succeeded",recorded="false"\} [1-9]/,
      );
    });

    it('let twenty at once sign in while it is locked, after a second at most', async () => {
      const { email } = await browser.register();
      const lock = app.database.transaction();
      await lock.query('LOCK TABLE security_events');
      const begin = performance.now();
      const responses = await Promise.all(Array.from({ length: 20 }, () => browser.login(email)));
      const milliseconds = performance.now() - begin;
      await lock.end();
      expect(responses.map(({ status }) => status)).toEqual(Array<number>(20).fill(200));
      expect(milliseconds).toBeLessThan(3000);
    });
  });

  it('are deleted by age, in batches, and by one instance at a time', async () => {
    const { access_token, email } = await browser.register();
    await app.database.query(
      `INSERT INTO security_events (id, type, occurred_at, details)
       SELECT ('00000000-0000-7000-8000-' || lpad(number::text, 12, '0'))::uuid, 'logout', to_timestamp(0), '{}'
       FROM generate_series(1, 2500) AS number`,
    );
    const sweeper = app.nest.get(EventSweeper, { strict: false });
    const old = async () => (await recorded(`occurred_at = to_timestamp(0)`)).length;
    const another = app.database.transaction();
    await another.query('SELECT pg_advisory_xact_lock(28559150730929526)');
    await sweeper.sweep();
    expect(await old()).toBe(2500);
    await another.end();
    await sweeper.sweep();
    expect(await old()).toBe(0);
    expect(await typesOf(access_token)).toEqual(['registered']);

    app.clock.advance({ days: 89 });
    await sweeper.sweep();
    const { access_token: later } = (await browser.login(email)).body;
    expect(await typesOf(later)).toContain('registered');
    app.clock.advance({ days: 2 });
    await sweeper.sweep();
    const { access_token: last } = (await browser.login(email)).body;
    expect(await typesOf(last)).not.toContain('registered');
  });
});

describe('with ANOMALY_ACTION=revoke', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { ANOMALY_ACTION: 'revoke', TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.close());

  it('a session that is given further tokens far too often ends, and the other sessions of its user live', async () => {
    const browser = new Api(app.url);
    const session = await browser.register();
    const other = (await browser.login(session.email)).body;
    for (let count = 0; count < 23; count++)
      await browser.anotherDevice().refresh(refreshTokenOf(session));
    await eventually(
      async () => (await browser.me(session.access_token)).body.code === 'session_revoked',
    );
    expect((await browser.me(other.access_token)).status).toBe(200);
    // The event follows the end of the session.
    const ended = async () =>
      (
        await browser.call<EventList>('GET', '/auth/events', { token: other.access_token })
      ).body.events.filter(({ type }) => type === 'session_ended');
    await eventually(async () => (await ended()).length > 0);
    expect(await ended()).toEqual([
      expect.objectContaining({
        session_id: session.session_id,
        details: { reason: 'refresh_rate_unusual' },
      }),
    ]);
  });

  it('a mere change of device and network ends nothing', async () => {
    const browser = new Api(app.url);
    const session = await browser.register();
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const moved = await browser
      .anotherDevice()
      .call<TokenResponse>('POST', '/auth/refresh', { token: refreshTokenOf(session), headers });
    expect((await browser.me(moved.body.access_token)).status).toBe(200);
    const signedIn = await browser.anotherDevice().login(session.email);
    expect((await browser.me(signedIn.body.access_token)).status).toBe(200);
  });
});
