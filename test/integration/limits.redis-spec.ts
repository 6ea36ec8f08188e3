import { setTimeout as pause } from 'node:timers/promises';
import { Api, call, PASSWORD, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { prepareRedis, type TestRedis } from '../support/redis.js';
import { startTcpProxy, through } from '../support/tcp-proxy.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const LIMIT = 20;
/**
 * What a request may take while Redis goes away; an answer of Redis itself is waited for a quarter
 * of a second at most.
 */
const RESPONSE_WITHIN_MS = 1000;

describe('limits of two server processes that share a Redis', () => {
  let database: TestDatabase;
  let redis: TestRedis;
  let servers: readonly ServerProcess[];

  const environment = () => ({
    ...serverEnvironment(database.url),
    REDIS_URL: redis.url,
    SHUTDOWN_DRAIN_SECONDS: '0',
    THROTTLE_REFRESH_LIMIT: String(LIMIT),
    THROTTLE_LOGIN_LIMIT: String(LIMIT),
  });

  beforeAll(async () => {
    database = await createDatabase();
    redis = await prepareRedis();
    // Redis comes later than the servers.
    servers = await Promise.all([startServer(environment()), startServer(environment())]);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await redis.remove();
    await database.drop();
  });

  const urlOf = (caller: number) => (servers[caller % servers.length] as ServerProcess).url;
  const isUp = async (url: string) =>
    (await call('GET', `${url}/metrics`)).text.includes('\nevergreen_limits_redis_up 1\n');
  const areUp = async () => (await isUp(urlOf(0))) && (await isUp(urlOf(1)));
  const areAway = async () => !(await isUp(urlOf(0))) && !(await isUp(urlOf(1)));

  /**
   * How many of so many refreshes of one new session pass that are sent at once, to one instance
   * after the other.
   */
  const passedOf = async (count: number) => {
    const api = new Api(urlOf(0));
    const token = refreshTokenOf(await api.register());
    const responses = await Promise.all(
      Array.from({ length: count }, (_, caller) => api.at(urlOf(caller)).refresh(token)),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200, 429]));
    return responses.filter(({ status }) => status === 200).length;
  };

  /**
   * Clients that refresh, each its own session and slowly enough for its limit, until told to stop.
   */
  const sendTraffic = async () => {
    const clients = await Promise.all(
      Array.from({ length: 10 }, async (_, caller) => {
        const api = new Api(urlOf(caller));
        return { api, token: refreshTokenOf(await api.register()) };
      }),
    );
    const responses: { status: number; ms: number }[] = [];
    const over = new AbortController();
    const work = Promise.all(
      clients.map(async ({ api, token }) => {
        while (!over.signal.aborted) {
          const begin = performance.now();
          const { status } = await api.refresh(token);
          responses.push({ status, ms: performance.now() - begin });
          await pause(400);
        }
      }),
    );
    return {
      end: async () => {
        over.abort();
        await work;
        return {
          statuses: new Set(responses.map(({ status }) => status)),
          slowestMs: Math.max(...responses.map(({ ms }) => ms)),
        };
      },
    };
  };

  it('Redis was never there: requests are served, and each instance counts by itself', async () => {
    expect(await areAway()).toBe(true);
    expect(await passedOf(3 * LIMIT)).toBe(2 * LIMIT);
    for (const { log } of servers) expect(log.match(/Redis is away/g)).toHaveLength(1);
  });

  it('Redis comes: instances share their counts', async () => {
    await redis.start();
    await eventually(areUp);
    expect(await passedOf(3 * LIMIT)).toBe(LIMIT);
    for (const { log } of servers) expect(log.match(/Redis is back/g)).toHaveLength(1);
  });

  it('of a storm over both instances exactly as many pass as may, 20 rounds', async () => {
    for (let round = 0; round < 20; round++) expect(await passedOf(3 * LIMIT)).toBe(LIMIT);
  });

  it('a login counts wherever it is sent to', async () => {
    const api = new Api(urlOf(0));
    const { email } = await api.register();
    const attempts = Array.from({ length: 3 * LIMIT }, (_, caller) =>
      api.at(urlOf(caller)).login(email),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    // The registration was the first.
    expect(statuses.filter((status) => status === 200)).toHaveLength(LIMIT - 1);
  });

  it('sends the text of a script again only to a Redis that has lost it', async () => {
    const textsSent = () =>
      redis.ask(async (client) =>
        Number(/cmdstat_eval:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0),
      );
    await passedOf(3 * LIMIT);
    const before = await textsSent();
    expect(await passedOf(3 * LIMIT)).toBe(LIMIT);
    expect(await textsSent()).toBe(before);
    await redis.ask((client) => client.script('FLUSH'));
    expect(await passedOf(3 * LIMIT)).toBe(LIMIT);
    expect(await textsSent()).toBeGreaterThan(before);
  });

  it.each([
    ['is killed', () => redis.kill(), () => redis.start()],
    ['falls silent', async () => redis.pause(), async () => redis.goOn()],
    [
      'may only be read from',
      () => redis.ask((client) => client.replicaof('127.0.0.1', 1)),
      () => redis.ask((client) => client.replicaof('NO', 'ONE')),
    ],
  ])(
    'Redis %s under traffic: all requests are served at once, counting goes on, and is shared again afterwards',
    async (_how, stop, resume) => {
      const logged = servers.map(({ log }) => log.length);
      const traffic = await sendTraffic();
      await pause(500);
      await stop();
      await eventually(areAway);
      expect(await passedOf(3 * LIMIT)).toBe(2 * LIMIT);
      await pause(1500);

      await resume();
      await eventually(areUp);
      expect(await passedOf(3 * LIMIT)).toBe(LIMIT);
      const { statuses, slowestMs } = await traffic.end();
      expect(statuses).toEqual(new Set([200]));
      expect(slowestMs).toBeLessThan(RESPONSE_WITHIN_MS);
      servers.forEach(({ log }, index) => {
        const since = log.slice(logged[index]);
        expect([
          since.match(/Redis is away/g)?.length,
          since.match(/Redis is back/g)?.length,
        ]).toEqual([1, 1]);
      });
    },
  );

  it('an instance that loses Redis goes on from what it has counted itself', async () => {
    const api = new Api(urlOf(0));
    const token = refreshTokenOf(await api.register());
    for (let sent = 0; sent < LIMIT; sent++) await api.refresh(token);
    await redis.kill();
    expect((await api.refresh(token)).body.code).toBe('rate_limited');
    await redis.start();
    await eventually(areUp);
  });

  it('keeps no key for ever, and no address', async () => {
    const api = new Api(urlOf(0));
    const { email } = await api.register();
    await api.login(email, { password: `${PASSWORD}-not` });
    const keys = await redis.ask(async (client) => {
      const names = await client.keys('*');
      return Promise.all(names.map(async (name) => ({ name, msLeft: await client.pttl(name) })));
    });
    expect(keys.length).toBeGreaterThan(0);
    for (const { name, msLeft } of keys) {
      expect(name).toMatch(/^evergreen:limits:(refresh|login|login_failures|proof):?[\w-]*$/);
      expect(msLeft).toBeGreaterThan(0);
    }
  });

  it('a login waits for a Redis that is far away once, whatever comes of it', async () => {
    const wayMs = 90;
    const proxy = await startTcpProxy(Number(new URL(redis.url).port));
    const server = await startServer({ ...environment(), REDIS_URL: through(proxy, redis.url) });
    await eventually(() => isUp(server.url));
    const api = new Api(server.url);
    const { email } = await api.register();
    const fastestOf = async (count: number, password: string) => {
      const times: number[] = [];
      for (let sent = 0; sent < count; sent++) {
        const begin = performance.now();
        await api.login(email, { password });
        times.push(performance.now() - begin);
      }
      return Math.min(...times);
    };
    const near = await fastestOf(4, PASSWORD);
    proxy.delayMs = wayMs;
    const far = [await fastestOf(4, PASSWORD), await fastestOf(4, `${PASSWORD}-not`)];
    await server.stop();
    await proxy.close();
    for (const ms of far) {
      expect(ms - near).toBeGreaterThan(2 * wayMs - 30);
      expect(ms - near).toBeLessThan(2 * 2 * wayMs - 30);
    }
  });

  it('asks nobody to wait for a Redis that is not there', async () => {
    await redis.kill();
    await eventually(areAway);
    const api = new Api(urlOf(0));
    const { access_token: token } = await api.register();
    const begin = performance.now();
    for (let sent = 0; sent < 50; sent++)
      await api.changePassword(token, `${PASSWORD}-not`, PASSWORD);
    expect((performance.now() - begin) / 50).toBeLessThan(50);
    await redis.start();
  });
});
