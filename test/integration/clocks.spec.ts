import { Logger } from '@nestjs/common';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { DatabaseTime } from '../../src/platform/database/index.js';
import { RevocationFeed } from '../../src/sessions/revocation/revocation-feed.js';
import { Sweeper } from '../../src/sessions/sweeper.js';
import {
  Api,
  claimsOf,
  outcomeOf,
  refreshTokenOf,
  wholeOrBegun,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { serverEnvironment } from '../support/server-process.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';
import { startMistimedServer, type MistimedServer } from '../support/wrong-clock.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WRONG_BY_MS = [0, HOUR_MS, -HOUR_MS, 15 * DAY_MS, -15 * DAY_MS];

const ACCESS_SECONDS = 1800;
const REFRESH_SECONDS = 14 * 86_400;
/** `AUTO_RENEW_MAX_HOURS` where it is not set. */
const RENEW_SECONDS = 24 * 3600;

/** A revocation may be late by this much where notices are lost (refresh rules, section 4). */
const BOUND_MS = 5000;

describe('instances whose clocks are wrong by an hour and by 15 days', () => {
  let database: TestDatabase;
  let servers: MistimedServer[];

  beforeAll(async () => {
    database = await createDatabase();
    // Every token is due for renewal, as soon as the next one would live longer.
    const env = { ...serverEnvironment(database.url), ACCESS_TOKEN_RENEW_MINUTES: '30' };
    servers = await Promise.all(WRONG_BY_MS.map((byMs) => startMistimedServer(env, byMs)));
    await eventually(async () => (await Promise.all(servers.map(isLive))).every(Boolean));
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const issuers = WRONG_BY_MS.map((byMs, place) => [nameOf(byMs), place] as const);
  const at = (place: number) => servers[place % servers.length] as MistimedServer;

  it.each(issuers)(
    'sign tokens that live as long as configured, from now on: %s',
    async (_, place) => {
      const begunAt = Math.floor(Date.now() / 1000);
      const session = await new Api(at(place).url).register();
      const endedAt = Date.now() / 1000 + 1;
      expect(session.expires_in).toBe(ACCESS_SECONDS);
      expect(wholeOrBegun(REFRESH_SECONDS)).toContain(session.refresh_expires_in);
      for (const token of [session.access_token, refreshTokenOf(session)]) {
        expect(claimsOf(token).iat).toBeGreaterThanOrEqual(begunAt - 1);
        expect(claimsOf(token).iat).toBeLessThanOrEqual(endedAt);
      }
      const { iat, exp, renew_until } = claimsOf(session.access_token) as Record<string, number>;
      expect([Number(exp) - Number(iat), Number(renew_until) - Number(iat)]).toEqual([
        ACCESS_SECONDS,
        RENEW_SECONDS,
      ]);
    },
  );

  it.each(issuers)(
    'let a client in everywhere, and refresh its tokens: signed in %s',
    async (_, place) => {
      const api = new Api(at(place).url);
      let held: TokenResponse = await api.register();
      // One turn more than there are instances, so that each judges tokens of its neighbour.
      for (let turn = 1; turn <= servers.length; turn++) {
        await expectGood(api, held.access_token);
        const response = await api.at(at(place + turn).url).refresh(refreshTokenOf(held));
        expect(verdictOf(response)).toEqual({ outcome: 'rotated', forgets: undefined });
        expect(response.body.expires_in).toBe(ACCESS_SECONDS);
        held = response.body;
      }
    },
  );

  it('renew access tokens as configured, and take what another has renewed', async () => {
    const api = new Api(at(0).url);
    const { access_token: token } = await api.register();
    const { exp, renew_until } = claimsOf(token) as { exp: number; renew_until: number };
    // A second later the next token lives longer, and clocks agree to some milliseconds.
    await eventually(() => Date.now() / 1000 > exp - ACCESS_SECONDS + 1.25);
    const responses = await Promise.all(servers.map(({ url }) => api.at(url).me(token)));
    for (const { headers } of responses) {
      expect(Number(headers.get('x-new-token-expires-in'))).toBeGreaterThan(ACCESS_SECONDS - 5);
      const renewed = headers.get('x-new-token') ?? '';
      const claims = claimsOf(renewed) as { exp: number; renew_until: number };
      expect(claims.exp).toBeGreaterThan(exp);
      expect(claims.exp).toBeLessThanOrEqual(exp + 60);
      expect(claims.renew_until).toBe(renew_until);
      await expectGood(api, renewed);
    }
  });

  it.each(issuers)('refuse everywhere what was signed out %s', async (_, place) => {
    const api = new Api(at(place + 1).url);
    const session = await api.register();
    await expectGood(api, session.access_token);
    expect((await api.at(at(place).url).logout(session.access_token)).status).toBe(204);
    for (const server of servers) {
      const there = api.at(server.url);
      await eventually(async () => (await codeOf(there, session)) === 'session_revoked', {
        withinMs: BOUND_MS,
      });
      expect((await there.refresh(refreshTokenOf(session))).body.code).toBe('session_revoked');
    }
  });

  it('tell operators by how much, once, and in the metrics', async () => {
    for (const [place, byMs] of WRONG_BY_MS.entries()) {
      const server = at(place);
      const told = (await metricsOf(server.url)).value('evergreen_clock_offset_seconds');
      expect(Math.abs((told ?? NaN) - byMs / 1000)).toBeLessThan(1);
      expect(linesOf(server, 'clock.offset.began')).toBe(byMs === 0 ? 0 : 1);
    }
  });

  /** On every instance. */
  async function expectGood(api: Api, token: string): Promise<void> {
    const responses = await Promise.all(servers.map(({ url }) => api.at(url).me(token)));
    expect(responses.map(({ status, body }) => body.code ?? status)).toEqual(
      servers.map(() => 200),
    );
  }
});

describe('an instance whose clock jumps 15 days ahead and back while it serves', () => {
  let database: TestDatabase;
  let server: MistimedServer;
  let api: Api;

  beforeEach(async () => {
    database = await createDatabase();
    server = await startMistimedServer(serverEnvironment(database.url), 0);
    api = new Api(server.url);
    await eventually(() => isLive(server));
  });
  afterEach(async () => {
    await server.stop();
    await database.drop();
  });

  it('keeps honest clients in', async () => {
    let held: TokenResponse = await api.register();
    for (const byMs of [15 * DAY_MS, 0, -15 * DAY_MS, 0]) {
      await server.jump(byMs);
      expect(verdictOf(await api.me(held.access_token))).toEqual({ outcome: 200 });
      const response = await api.refresh(refreshTokenOf(held));
      expect(verdictOf(response)).toEqual({ outcome: 'rotated' });
      held = response.body;
    }
  });

  it('records events in the order and at the time in which they happened', async () => {
    const { email } = await api.register();
    for (const byMs of [15 * DAY_MS, 0]) {
      await server.jump(byMs);
      await api.login(email, { password: 'not-the-password' });
      await api.login(email);
    }
    const { body } = await api.login(email);
    const events = await eventsOf(api, body);
    expect(events.map(({ type }) => type)).toEqual([
      ...Array<string>(2).fill('login_succeeded'),
      ...['login_failed', 'login_succeeded', 'login_failed', 'registered'],
    ]);
    for (const { id, occurred_at } of events) {
      expect(Math.abs(Date.parse(occurred_at) - Date.now())).toBeLessThan(60_000);
      // The first 48 bits of a UUID v7 are its time, by which the list is in order.
      const idAtMs = parseInt(id.replace('-', '').slice(0, 12), 16);
      expect(Math.abs(idAtMs - Date.now())).toBeLessThan(60_000);
    }
  });

  it('tells operators when it began and when it ended', async () => {
    await server.jump(15 * DAY_MS);
    await eventually(() => linesOf(server, 'clock.offset.began') === 1);
    expect(linesOf(server, 'clock.offset.ended')).toBe(0);
    await server.jump(0);
    await eventually(() => linesOf(server, 'clock.offset.ended') === 1);
    expect(linesOf(server, 'clock.offset.began')).toBe(1);
  });
});

describe('an instance that hears another time than it expected, or none for a while', () => {
  let database: TestDatabase;
  let app: TestApp;
  let feedProxy: TcpProxy;
  let poolProxy: TcpProxy;

  beforeAll(async () => {
    database = await createDatabase();
    const port = Number(new URL(database.url).port);
    [feedProxy, poolProxy] = [await startTcpProxy(port), await startTcpProxy(port)];
    app = await startApp({
      env: {
        DATABASE_URL: through(poolProxy, database.url),
        DATABASE_DIRECT_URL: through(feedProxy, database.url),
      },
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    poolProxy.mode = 'open';
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([feedProxy.close(), poolProxy.close()]);
    await database.drop();
  });

  /** As if the clock had gone wrong by so much while the feed was away. */
  const goWrong = (byMs: number) => {
    feedProxy.mode = 'cut';
    const atMs = performance.now();
    app.clock.follow({ nowMs: Date.now() + byMs, requestedAtMs: atMs, respondedAtMs: atMs });
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 60_000);
  };

  it('follows the database where its clock jumps, says so, and forgets no revocation', async () => {
    const api = new Api(app.url);
    const session = await api.register();
    await api.logout(session.access_token);
    const warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const jumps = () =>
      warnings.mock.calls
        .map(([members]) => members as { event?: string; by_seconds?: number })
        .filter(({ event }) => event === 'clock.reference.jumped')
        .map(({ by_seconds = NaN }) => Math.round(by_seconds / 3600));

    const atMs = performance.now();
    const nowMs = Date.now() + 15 * DAY_MS;
    app.nest.get(DatabaseTime).observe({ nowMs, requestedAtMs: atMs, respondedAtMs: atMs });
    expect(Math.abs(app.clock.nowMs() - nowMs)).toBeLessThan(1000);
    app.nest.get(RevocationFeed).forgetExpired();
    // The next heartbeat hears the real time.
    await eventually(() => Math.abs(app.clock.nowMs() - Date.now()) < 1000);
    expect(jumps()).toEqual([15 * 24, -15 * 24]);
    expect(await codeOf(api, session)).toBe('session_revoked');
  });

  it('asks for it before it says that a session has expired', async () => {
    const api = new Api(app.url);
    const session = await api.register();
    goWrong(100 * DAY_MS);
    expect(verdictOf(await api.refresh(refreshTokenOf(session)))).toEqual({ outcome: 'rotated' });
    expect(Math.abs(app.clock.nowMs() + 60_000 - Date.now())).toBeLessThan(10_000);
  });

  it('cannot say so where the database cannot be asked', async () => {
    const api = new Api(app.url);
    const session = await api.register();
    goWrong(100 * DAY_MS);
    poolProxy.mode = 'cut';
    expect(verdictOf(await api.refresh(refreshTokenOf(session)))).toEqual({
      outcome: 'service_unavailable',
      forgets: false,
    });
  });
});

function nameOf(wrongByMs: number): string {
  return `on an instance that is wrong by ${wrongByMs / HOUR_MS} h`;
}

async function isLive({ url }: MistimedServer): Promise<boolean> {
  const response = await fetch(`${url}/health/ready`);
  return ((await response.json()) as { revocations: string }).revocations === 'live';
}

/** Why an access token is refused; undefined where it is good. */
async function codeOf(api: Api, { access_token }: TokenResponse): Promise<string | undefined> {
  return (await api.me(access_token)).body.code;
}

/** How a client reacts to a response. */
function verdictOf(response: ApiResponse<object>): {
  outcome: unknown;
  forgets: boolean | undefined;
} {
  const { status, body } = response;
  return {
    outcome:
      status === 200 ? (response.headers.get('x-refresh-outcome') ?? 200) : outcomeOf(response),
    forgets: body.clear_credentials,
  };
}

interface ListedEvent {
  readonly id: string;
  readonly type: string;
  readonly occurred_at: string;
}

async function eventsOf(api: Api, { access_token: token }: TokenResponse) {
  const { body } = await api.call<{ events: ListedEvent[] }>('GET', '/auth/events', { token });
  return body.events;
}

function linesOf({ log }: MistimedServer, event: string): number {
  return log.split(`"event":"${event}"`).length - 1;
}

describe('a sweep while the clock of its machine is 15 days ahead', () => {
  let app: TestApp;

  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await app.close();
  });

  it('lets no revoked token live again', async () => {
    const client = new Api(app.url);
    const gone = await client.register();
    await client.logout(gone.access_token);
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 15 * DAY_MS);
    await app.nest.get(Sweeper, { strict: false }).sweep();
    jest.restoreAllMocks();
    expect(await codeOf(client, gone)).toBe('session_revoked');
  });
});
