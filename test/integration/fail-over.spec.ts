import { Pool } from 'pg';
import { v7 as newId } from 'uuid';
import { Clock } from '../../src/platform/clock/index.js';
import {
  migrate,
  NoPrimaryError,
  Primary,
  type Statement,
  type Statements,
} from '../../src/platform/database/index.js';
import { SessionStore } from '../../src/sessions/persistence/session.store.js';
import { Api, outcomeOf, refreshTokenOf } from '../support/api.js';
import { eventually } from '../support/eventually.js';
import { noteEvidence } from '../support/evidence.js';
import { startReplication, type Replication } from '../support/replication.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';
import { sendTraffic, signIn } from '../support/traffic.js';

// Many processes are started, which takes its time where others work on the machine, too.
jest.setTimeout(240_000);

/** A promotion takes a second or two where nobody else needs the machine. */
const RECOVERED_WITHIN = { withinMs: 40_000 };

const GRANTED = /^(rotated|replayed|reissued)$/;

describe('the fail-over of a replicated database', () => {
  let replication: Replication;
  let servers: ServerProcess[];

  const start = async (url: string) => {
    const server = await startServer(serverEnvironment(url));
    servers.push(server);
    return server;
  };
  const codeAt = async (server: ServerProcess, api: Api, token: string) =>
    (await api.at(server.url).me(token)).body.code;

  beforeEach(async () => {
    servers = [];
    replication = await startReplication();
  });
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await replication.close();
  });

  it('the primary is killed and the replica promoted: 503 in between, no session is lost, none comes back', async () => {
    const { primary, standby, url } = replication;
    const near = await start(url);
    const far = await start(url);
    const clients = [...(await signIn(near.url, 4)), ...(await signIn(far.url, 4))];
    const ended = new Api(near.url);
    const session = await ended.register();
    await ended.logout(session.access_token);
    const traffic = sendTraffic(clients);
    await eventually(() => traffic.responses.length > 100, RECOVERED_WITHIN);

    const killedAt = performance.now();
    await primary.kill();
    await eventually(() => traffic.responses.at(-1)?.status === 503, RECOVERED_WITHIN);
    await standby.promote();
    const promotedAt = traffic.responses.length;
    await eventually(
      () => traffic.responses.slice(promotedAt).filter(({ status }) => status === 200).length > 100,
      RECOVERED_WITHIN,
    );
    await traffic.end();
    const outcomes = await Promise.all(
      clients.map(async ({ api, refreshToken }) => outcomeOf(await api.refresh(refreshToken))),
    );

    const refreshes = traffic.responses.filter(({ isRefresh }) => isRefresh);
    const granted = refreshes.filter(({ status }) => status === 200);
    const unavailable = refreshes.filter(({ status, retryAfter }) => status === 503 && retryAfter);
    const resumed = granted.find((response) =>
      traffic.responses.slice(promotedAt).includes(response),
    );
    noteEvidence('fail-over', {
      sessions: clients.length,
      lostSessions: outcomes.filter((outcome) => !GRANTED.test(outcome)).length,
      refreshes: refreshes.length,
      granted: granted.length,
      unavailable: unavailable.length,
      others: refreshes.length - granted.length - unavailable.length,
      gapSeconds: resumed && Math.round((resumed.at - killedAt) / 10) / 100,
    });
    expect(traffic.kinds()).toEqual(['200', '503 service_unavailable']);
    for (const { status, retryAfter } of traffic.responses)
      if (status === 503) expect(retryAfter).toMatch(/^\d+$/);
    for (const outcome of outcomes) expect(outcome).toMatch(GRANTED);
    for (const server of servers) {
      await eventually(
        async () => (await codeAt(server, ended, session.access_token)) === 'session_revoked',
      );
      expect(outcomeOf(await ended.at(server.url).refresh(refreshTokenOf(session)))).toBe(
        'session_revoked',
      );
    }

    // What ends now ends everywhere, and the old primary, back as it was, misleads nobody: neither
    // who runs nor who starts.
    await primary.start();
    const late = await start(url);
    const api = new Api(near.url);
    const other = await api.register();
    for (const server of servers)
      expect(await codeAt(server, api, other.access_token)).toBeUndefined();
    await api.at(far.url).logout(other.access_token);
    for (const server of [near, far, late])
      await eventually(
        async () => (await codeAt(server, api, other.access_token)) === 'session_revoked',
      );
  });

  it('the replica is promoted while the old primary lives on: who was connected to that notices', async () => {
    const { standby, url } = replication;
    const near = await start(url);
    const api = new Api(near.url);
    const session = await api.register();

    await standby.promote();
    const moved = await start(standby.url);
    await api.at(moved.url).logout(session.access_token);
    await eventually(
      async () => (await codeAt(near, api, session.access_token)) === 'session_revoked',
      RECOVERED_WITHIN,
    );
    await eventually(
      async () => outcomeOf(await api.refresh(refreshTokenOf(session))) === 'session_revoked',
      RECOVERED_WITHIN,
    );
  });

  it('an address that leads to a replica: 503, whatever is asked, until it leads to a primary', async () => {
    const { primary, standby } = replication;
    const server = await start(primary.url);
    const [client] = await signIn(server.url, 1);
    const traffic = sendTraffic(client ? [client] : []);
    const [primaryPort, standbyPort] = [primary.proxy.target, standby.proxy.target];

    primary.proxy.mode = 'cut';
    primary.proxy.target = standbyPort;
    primary.proxy.mode = 'open';
    const switchedAt = traffic.responses.length;
    // Requests without a query are served from memory for some seconds more.
    await eventually(
      () => traffic.responses.slice(switchedAt).filter(({ status }) => status === 503).length > 20,
      RECOVERED_WITHIN,
    );
    await eventually(
      () => traffic.responses.slice(-4).every(({ status }) => status === 503),
      RECOVERED_WITHIN,
    );
    primary.proxy.mode = 'cut';
    primary.proxy.target = primaryPort;
    primary.proxy.mode = 'open';
    await eventually(() => traffic.responses.at(-1)?.status === 200, RECOVERED_WITHIN);
    await traffic.end();

    expect(traffic.kinds()).toEqual(['200', '503 service_unavailable']);
  });

  it('a replica behind a pooler does not say that a session has ended which it may not know yet', async () => {
    const { standby, url } = replication;
    await migrate(new Primary(url));
    await eventually(
      async () => (await standby.query(`SELECT FROM pg_class WHERE relname = 'sessions'`)) === 1,
    );
    const pool = new Pool({ connectionString: standby.url, max: 1 });
    const statements = {
      run: async ({ text }: Statement, values: unknown[]) => (await pool.query(text, values)).rows,
    };
    const store = new SessionStore(statements as unknown as Statements, new Clock());
    const token = { userId: newId(), sessionId: newId(), epoch: 0 };
    await expect(store.status(token)).rejects.toBeInstanceOf(NoPrimaryError);
    await standby.promote();
    await expect(store.status(token)).resolves.toBe('ended');
    await pool.end();
  });
});
