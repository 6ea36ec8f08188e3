import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newKey } from '../../src/auth/tokens/keys/new-key.js';
import { writeStoredKeys } from '../../src/auth/tokens/keys/stored-keys.js';
import { Api, call, PASSWORD, refreshTokenOf, type ApiResponse } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startResourceService, type ResourceService } from '../support/resource-service.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';
import { sendServiceTraffic, type ServiceTraffic } from '../support/service-traffic.js';
import { startTcpProxy, through, type TcpProxy } from '../support/tcp-proxy.js';

const SERVICE_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const OPERATOR = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const GOOD_SESSIONS = 12;

/** Where nothing is disturbed: the feed sends an ending at once, and no timer does. */
const AT_ONCE_MS = 1000;

/** A revoked token is accepted for so long at most. */
const BOUND_MS = 5000;

/** What the service responds: a status, and the code of a problem. */
const GOOD = '200';
const ENDED = '401 session_revoked';
const EXPIRED = '401 token_expired';
const UNKNOWN = '503 service_unavailable';

/** What ends sessions of a user who has two. */
interface Ending {
  readonly name: string;
  readonly end: (user: { api: Api; session: Registered }) => Promise<ApiResponse<object>>;
  /** Of the response, if it is none of 200 and 204. */
  readonly status?: number;
  /** What the service then responds to the tokens of both sessions. */
  readonly answers: readonly [string, string];
}

type Registered = Awaited<ReturnType<Api['register']>>;

/** An instance of the server, and its own way to the database. */
interface Instance {
  server: ServerProcess;
  readonly database: TcpProxy;
  /** As the balancer in front of all instances sees it. */
  isReady: boolean;
}

describe('a service with @evergreen-auth/resource refuses within the bound, and no good token', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
  const keysFile = join(folder, 'keys.json');
  let database: TestDatabase;
  let instances: readonly [Instance, Instance];
  /** The balancer: new connections go to one ready instance. */
  let front: TcpProxy;
  /** The balancer goes on with it, whatever its readiness says. */
  let pinned: Instance | undefined;
  let service: ResourceService;
  let good: string[];
  let traffic: ServiceTraffic | undefined;
  const over = new AbortController();
  let balancing: Promise<void>;

  beforeAll(async () => {
    writeStoredKeys(keysFile, [newKey(new Date())]);
    database = await createDatabase();
    instances = await Promise.all([startInstance(), startInstance()]);
    front = await startTcpProxy(portOf(instances[0]));
    balancing = balance();
    service = await startResourceService(`http://127.0.0.1:${front.port}`, SERVICE_TOKEN);
    good = await Promise.all(
      Array.from({ length: GOOD_SESSIONS }, async (_, index) => {
        const { server } = instances[index % 2] as Instance;
        return (await new Api(server.url).register()).access_token;
      }),
    );
  });
  afterEach(async () => {
    await traffic?.end();
    traffic = undefined;
  });
  afterAll(async () => {
    over.abort();
    await balancing;
    await service.stop();
    await front.close();
    for (const instance of instances) {
      await instance.server.stop('SIGKILL');
      await instance.database.close();
    }
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  async function startInstance(): Promise<Instance> {
    const proxy = await startTcpProxy(Number(new URL(database.url).port));
    return { server: await start(proxy), database: proxy, isReady: true };
  }

  const start = (proxy: TcpProxy) =>
    startServer({
      ...serverEnvironment(through(proxy, database.url)),
      JWT_KEYS_FILE: keysFile,
      SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
      ADMIN_TOKEN: OPERATOR,
      // So that any token that was used before is taken for stolen.
      REFRESH_GRACE_SECONDS: '0',
      SHUTDOWN_DRAIN_SECONDS: '1',
      LOG_LEVEL: 'warn',
    });

  const portOf = ({ server }: Instance) => Number(new URL(server.url).port);

  async function balance() {
    while (!over.signal.aborted) {
      for (const instance of instances) instance.isReady = await isReady(instance);
      const current = instances.find((instance) => portOf(instance) === front.target);
      const next = current?.isReady ? current : instances.find((instance) => instance.isReady);
      if (next && !pinned) front.target = portOf(next);
      await pause(100);
    }
  }

  async function isReady({ server }: Instance): Promise<boolean> {
    const signal = AbortSignal.timeout(500);
    return fetch(`${server.url}/health/ready`, { signal }).then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** Disturbs the traffic of a service. Afterwards all must be as before within seconds. */
  async function underTraffic(name: string, disturb: () => Promise<void>) {
    const before = await service.status();
    expect(before.state).toBe('live');
    traffic = sendServiceTraffic({ service: service.url, good, instance: readyInstance });
    await pause(500);
    await disturb();
    const liveAfterMs = await eventually(async () => (await service.status()).state === 'live');
    await traffic.stopEndings();
    await eventually(async () => isLastRefused(await traffic?.askEnded()), { withinMs: BOUND_MS });
    const after = await service.status();
    await expectAnswersFromMemory();
    const { answersToGood, answersToEnded, endings, latestAcceptanceMs, withoutResponse } = traffic;
    console.log(name, {
      endings,
      latestAcceptanceMs: Math.round(latestAcceptanceMs),
      liveAfterMs: Math.round(liveAfterMs),
      answersToGood,
      answersToEnded,
      checks: after.checks - before.checks,
      withoutResponse,
    });
    expect(withoutResponse).toEqual([]);
    expect(endings).toBeGreaterThan(2);
    expect(latestAcceptanceMs).toBeLessThanOrEqual(BOUND_MS);
    expect(answersToGood.get(GOOD)).toBeGreaterThan(0);
    for (const answer of answersToGood.keys()) expect([GOOD, UNKNOWN]).toContain(answer);
    for (const answer of answersToEnded.keys()) expect([GOOD, ENDED, UNKNOWN]).toContain(answer);
  }

  async function expectAnswersFromMemory() {
    const { checks } = await service.status();
    const answers = new Set(await Promise.all(good.map(answerTo)));
    expect([...answers]).toEqual([GOOD]);
    expect(await service.status()).toMatchObject({ state: 'live', checks });
  }

  const answerTo = async (token: string) => {
    const { status, body } = await call('GET', `${service.url}/orders`, { token });
    return [status, body.code].filter(Boolean).join(' ');
  };

  const instanceInUse = () =>
    instances.find((instance) => portOf(instance) === front.target) ?? instances[0];

  const readyInstance = () => {
    const ready = instances.filter((instance) => instance.isReady);
    return (ready[Math.floor(Math.random() * ready.length)] ?? instances[0]).server.url;
  };

  const isLastRefused = (answers: string[] = []) => answers.every((answer) => answer === ENDED);

  const operate = (method: string, path: string, body?: object) =>
    call(method, `${readyInstance()}/api/admin/${path}`, { token: OPERATOR, body });

  it.each<Ending>([
    {
      name: 'logout',
      end: ({ api, session }) => api.logout(session.access_token),
      answers: [ENDED, GOOD],
    },
    {
      name: 'logout-all',
      end: ({ api, session }) =>
        api.call('POST', '/auth/logout-all', { token: session.access_token }),
      answers: [ENDED, ENDED],
    },
    {
      name: 'a change of password',
      end: ({ api, session }) =>
        api.changePassword(session.access_token, PASSWORD, `${PASSWORD}-2`),
      answers: [EXPIRED, ENDED],
    },
    {
      name: 'a refresh token that is used again',
      end: async ({ api, session }) => {
        const next = await api.refresh(refreshTokenOf(session));
        await api.refresh(refreshTokenOf((await api.refresh(refreshTokenOf(next.body))).body));
        return api.anotherDevice().refresh(refreshTokenOf(session));
      },
      status: 401,
      answers: [ENDED, GOOD],
    },
    {
      name: 'a deactivation',
      end: ({ session }) => operate('PUT', `users/${session.user.id}/deactivation`),
      answers: [ENDED, ENDED],
    },
    {
      name: 'the end of one session by an operator',
      end: ({ session }) =>
        operate('DELETE', `users/${session.user.id}/sessions/${session.session_id}`),
      answers: [ENDED, GOOD],
    },
    {
      name: 'a change of roles',
      end: ({ session }) => operate('PATCH', `users/${session.user.id}`, { roles: ['support'] }),
      answers: [EXPIRED, EXPIRED],
    },
    {
      name: 'the deletion of the account',
      end: ({ api, session: { access_token: token } }) =>
        api.call('POST', '/auth/delete-account', { token, body: { current_password: PASSWORD } }),
      answers: [ENDED, ENDED],
    },
  ])('at once after $name', async ({ end, status, answers }) => {
    const api = new Api(readyInstance());
    const session = await api.register();
    const { body: other } = await api.anotherDevice().login(session.email);
    const tokens = [session.access_token, other.access_token];
    expect(await Promise.all(tokens.map(answerTo))).toEqual([GOOD, GOOD]);

    const response = await end({ api, session });
    expect(status === undefined ? response.status < 300 : response.status === status).toBe(true);
    const areAsExpected = async () =>
      (await Promise.all(tokens.map(answerTo))).join() === answers.join();
    await eventually(areAsExpected, { withinMs: AT_ONCE_MS });
    // A new stream brings some of it again.
    front.mode = 'cut';
    front.mode = 'open';
    await pause(300);
    const { ended } = await service.status();
    expect([session.session_id, other.session_id].map((id) => ended[id] ?? 0)).toEqual(
      answers.map((answer) => (answer === ENDED ? 1 : 0)),
    );
  });

  it('whose connections are cut again and again', async () => {
    await underTraffic('cut', async () => {
      for (let count = 0; count < 8; count++) {
        front.mode = 'cut';
        await pause(100);
        front.mode = 'open';
        await pause(400);
      }
    });
  });

  it('whose connections are half open: what is sent on them gets lost', async () => {
    await underTraffic('half open', async () => {
      front.abandonAll();
      await pause(5000);
    });
  });

  it('whose network swallows everything', async () => {
    await underTraffic('swallowed', async () => {
      front.mode = 'silent';
      await pause(8000);
      front.mode = 'open';
    });
  });

  it('whose network holds everything for 8 s, and then delivers it', async () => {
    await underTraffic('held', async () => {
      front.mode = 'held';
      await pause(8000);
      front.mode = 'open';
    });
  });

  it('whose network becomes slower and slower', async () => {
    await underTraffic('slower', async () => {
      for (const delayMs of [1500, 3000, 4500, 6000]) {
        front.delayMs = delayMs;
        await pause(1800);
      }
      // What is late must not arrive after what is sent now.
      front.mode = 'cut';
      [front.delayMs, front.mode] = [0, 'open'];
    });
  });

  it('whose instance of the server is killed', async () => {
    const instance = instanceInUse();
    await underTraffic('server killed', async () => {
      await instance.server.stop('SIGKILL');
      await pause(3000);
    });
    instance.server = await start(instance.database);
  });

  it('that is paused for 10 s', async () => {
    await underTraffic('paused', async () => {
      service.signal('SIGSTOP');
      await pause(10_000);
      service.signal('SIGCONT');
    });
  });

  it('whose instance of the server has lost the database, but no other instance has', async () => {
    await underTraffic('one database connection lost', async () => {
      pinned = instanceInUse();
      pinned.database.mode = 'silent';
      await pause(8000);
      pinned.database.mode = 'open';
      pinned = undefined;
    });
  });

  it('while the database is away', async () => {
    await underTraffic('database away', async () => {
      // No session ends while it is away.
      await pause(2000);
      for (const instance of instances) instance.database.mode = 'cut';
      await pause(5500);
      for (const instance of instances) instance.database.mode = 'open';
    });
  });

  it('while all instances of the server are restarted, one after the other', async () => {
    await underTraffic('rolling restart', async () => {
      for (const instance of instances) {
        expect(await instance.server.stop()).toBe(0);
        instance.server = await start(instance.database);
        await pause(1000);
      }
    });
  });
});
