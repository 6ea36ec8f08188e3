import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { queryChannel, type PublishedQuery } from '../../src/platform/database/index.js';
import { Api, outcomeOf, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

const WEBHOOK_SECRET = 'a6c0f6c1d0f2e94b7c58d3e1904fb72e';

const HOME = '203.0.113.7';
const AT_HOME = '203.0.113.250';
const AWAY = '198.51.100.9';

interface Told {
  readonly type: string;
  readonly network: string | null;
  readonly details: object;
}

/** A client whose network a test chooses. */
function clientOf(app: TestApp) {
  const api = new Api(app.url);
  return {
    api,
    refreshFrom: async (ip: string, token: string): Promise<ApiResponse<TokenResponse>> =>
      api.call<TokenResponse>('POST', '/auth/refresh', {
        token,
        headers: { 'x-forwarded-for': ip },
      }),
    signInFrom: async (ip: string) => {
      const { email } = await api.register();
      const { body } = await api.call<TokenResponse>('POST', '/auth/login', {
        body: { email, password: 'violet-Harbor-73-lantern' },
        headers: { 'x-forwarded-for': ip },
      });
      return body;
    },
  };
}

/** The recorded changes of network of a session, in order. */
async function changesOf(app: TestApp, sessionId: string): Promise<Told[]> {
  return app.database.query<Told>(
    `SELECT type, network, details FROM security_events
     WHERE session_id = $1 AND type = 'network_changed' ORDER BY id`,
    [sessionId],
  );
}

/** Events of refreshes are recorded after the response, so this waits for the expected number. */
async function eventuallyChanges(app: TestApp, sessionId: string, count: number): Promise<Told[]> {
  await eventually(async () => (await changesOf(app, sessionId)).length >= count);
  return changesOf(app, sessionId);
}

/** Without prepared statements, as with PgBouncer, the summary of a statement is its verb. */
const [CONFIRM, ADD_EVENT] =
  process.env.TEST_THROUGH === 'pgbouncer' ? ['UPDATE', 'INSERT'] : ['confirm_token', 'add_event'];

describe('POST /api/auth/refresh from another network', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({ env: { TRUST_PROXY: '127.0.0.1' } });
  });
  afterAll(() => app.close());

  it('is granted, and told with both networks', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    expect(outcomeOf(await refreshFrom(AWAY, refreshTokenOf(session)))).toBe('rotated');
    expect(await eventuallyChanges(app, session.session_id, 1)).toEqual([
      {
        type: 'network_changed',
        network: '198.51.100.0/24',
        details: { previous_network: '203.0.113.0/24' },
      },
    ]);
  });

  it('is nothing to tell of within a network: /24 of IPv4, /48 of IPv6', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    let token = refreshTokenOf(session);
    const go = async (ip: string) =>
      void (token = refreshTokenOf((await refreshFrom(ip, token)).body));
    for (const ip of [AT_HOME, HOME, '2001:db8:1:1::1', '2001:db8:1:ffff::2', '2001:db8:2::1'])
      await go(ip);
    const told = await eventuallyChanges(app, session.session_id, 2);
    expect(told.map(({ network }) => network)).toEqual(['2001:db8:1::/48', '2001:db8:2::/48']);
  });

  it('is told once a day for each network, however often a phone changes', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    let token = refreshTokenOf(session);
    const go = async (ip: string) =>
      void (token = refreshTokenOf((await refreshFrom(ip, token)).body));
    for (let count = 0; count < 4; count++) for (const ip of [AWAY, HOME]) await go(ip);
    const networks = async (count: number) =>
      (await eventuallyChanges(app, session.session_id, count)).map(({ network }) => network);
    expect(await networks(2)).toEqual(['198.51.100.0/24', '203.0.113.0/24']);
    app.clock.advance({ hours: 24 });
    await go(AWAY);
    expect(await networks(3)).toHaveLength(3);
  });

  it.each([
    ['replayed', 0],
    ['reissued', 11],
  ])('is told where it is %s, too', async (outcome, seconds) => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    await refreshFrom(HOME, refreshTokenOf(session));
    app.clock.advance({ seconds });
    expect(outcomeOf(await refreshFrom(AWAY, refreshTokenOf(session)))).toBe(outcome);
    expect(await eventuallyChanges(app, session.session_id, 1)).toMatchObject([
      { details: { previous_network: '203.0.113.0/24' } },
    ]);
  });

  it('costs one statement, as at home', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    const statements: string[] = [];
    const note = (query: unknown) => statements.push((query as PublishedQuery).summary);
    subscribe(queryChannel.start.name, note);
    const { body } = await refreshFrom(HOME, refreshTokenOf(session));
    const moved = await refreshFrom(AWAY, refreshTokenOf(body));
    unsubscribe(queryChannel.start.name, note);
    expect(outcomeOf(moved)).toBe('rotated');
    expect(statements.filter((name) => name !== ADD_EVENT)).toEqual([CONFIRM, CONFIRM]);
  });
});

describe('the webhook', () => {
  let receiver: Receiver;
  let app: TestApp | undefined;

  beforeEach(async () => (receiver = await startReceiver()));
  afterEach(async () => {
    await app?.close();
    receiver.close();
  });

  const start = async (env: Readonly<Record<string, string>>) =>
    (app = await startApp({
      env: {
        TRUST_PROXY: '127.0.0.1',
        SECURITY_WEBHOOK_URL: receiver.url,
        SECURITY_WEBHOOK_SECRET: WEBHOOK_SECRET,
        ...env,
      },
    }));

  it('is told of it with NETWORK_CHANGE_ACTION=notify, and of no anomaly by that alone', async () => {
    const { api, refreshFrom, signInFrom } = clientOf(
      await start({ NETWORK_CHANGE_ACTION: 'notify' }),
    );
    const session = await signInFrom(HOME);
    await api.anotherDevice().login(session.user.email);
    await refreshFrom(AWAY, refreshTokenOf(session));
    await eventually(() => receiver.received.length > 0);
    expect(receiver.received.map(({ body }) => JSON.parse(body) as object)).toEqual([
      {
        user_id: session.user.id,
        event: expect.objectContaining({
          type: 'network_changed',
          session_id: session.session_id,
          network: '198.51.100.0/24',
          details: { previous_network: '203.0.113.0/24' },
        }) as object,
      },
    ]);
  });

  it('is told of anomalies with ANOMALY_ACTION=notify, and not of this', async () => {
    const started = await start({ ANOMALY_ACTION: 'notify' });
    const { api, refreshFrom, signInFrom } = clientOf(started);
    const session = await signInFrom(HOME);
    await refreshFrom(AWAY, refreshTokenOf(session));
    await eventuallyChanges(started, session.session_id, 1);
    await api.anotherDevice().login(session.user.email);
    await eventually(() => receiver.received.length > 0);
    const types = receiver.received.map(
      ({ body }) => (JSON.parse(body) as { event: { type: string } }).event.type,
    );
    expect(types).not.toContain('network_changed');
  });
});

describe('with NETWORK_CHANGE_ACTION=reauthenticate', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startApp({
      env: { TRUST_PROXY: '127.0.0.1', NETWORK_CHANGE_ACTION: 'reauthenticate' },
    });
  });
  afterAll(() => app.close());

  const rowOf = async (id: string) =>
    (await app.database.query('SELECT * FROM sessions WHERE id = $1', [id]))[0];

  const expectRefused = (response: ApiResponse<object>) => {
    expect(response.body).toMatchObject({
      status: 401,
      code: 'reauthentication_required',
      clear_credentials: false,
      retryable: false,
    });
    expect(response.headers.get('set-cookie')).toBeNull();
  };

  it('a refresh from there is refused, and changes nothing: at home it goes on', async () => {
    const { api, refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    const before = await rowOf(session.session_id);
    for (let count = 0; count < 2; count++)
      expectRefused(await refreshFrom(AWAY, refreshTokenOf(session)));
    expect(await rowOf(session.session_id)).toEqual(before);
    expect((await api.me(session.access_token)).status).toBe(200);
    expect(outcomeOf(await refreshFrom(HOME, refreshTokenOf(session)))).toBe('rotated');
    expect(await eventuallyChanges(app, session.session_id, 1)).toMatchObject([
      { network: '198.51.100.0/24', details: { previous_network: '203.0.113.0/24' } },
    ]);
  });

  it.each([
    ['replayed', 0],
    ['reissued', 11],
  ])('so is one that would be %s', async (outcome, seconds) => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    await refreshFrom(HOME, refreshTokenOf(session));
    app.clock.advance({ seconds });
    const before = await rowOf(session.session_id);
    expectRefused(await refreshFrom(AWAY, refreshTokenOf(session)));
    expect(await rowOf(session.session_id)).toEqual(before);
    expect(outcomeOf(await refreshFrom(HOME, refreshTokenOf(session)))).toBe(outcome);
  });

  it('another address of the same network is at home', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    const moved = await refreshFrom(AT_HOME, refreshTokenOf(session));
    expect(outcomeOf(moved)).toBe('rotated');
    expect(outcomeOf(await refreshFrom(HOME, refreshTokenOf(moved.body)))).toBe('rotated');
    expect(await changesOf(app, session.session_id)).toEqual([]);
  });

  it('who signs in there has a session there', async () => {
    const { api, refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    const { body: there } = await api.call<TokenResponse>('POST', '/auth/login', {
      body: { email: session.user.email, password: 'violet-Harbor-73-lantern' },
      headers: { 'x-forwarded-for': AWAY },
    });
    expect(outcomeOf(await refreshFrom(AWAY, refreshTokenOf(there)))).toBe('rotated');
  });

  it('a session that is over is over from everywhere', async () => {
    const { api, refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    await api.logout(session.access_token);
    expect((await refreshFrom(AWAY, refreshTokenOf(session))).body).toMatchObject({
      code: 'session_revoked',
      clear_credentials: true,
    });
  });

  it('a refresh at home is one statement', async () => {
    const { refreshFrom, signInFrom } = clientOf(app);
    const session = await signInFrom(HOME);
    const statements: string[] = [];
    const note = (query: unknown) => statements.push((query as PublishedQuery).summary);
    subscribe(queryChannel.start.name, note);
    await refreshFrom(HOME, refreshTokenOf(session));
    unsubscribe(queryChannel.start.name, note);
    expect(statements).toEqual([CONFIRM]);
  });
});
