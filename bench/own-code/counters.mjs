// Our counters of limits against rate-limiter-flexible, in memory and in a redis-server of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { freePort } from '@evergreen-auth/dev-postgres';
import { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { Clock } from '../../dist/platform/clock/index.js';
import { Metrics } from '../../dist/platform/metrics/index.js';
import { MemoryCounters } from '../../dist/platform/throttling/memory-counters.js';
import { SharedCounters } from '../../dist/platform/throttling/shared-counters.js';

Logger.overrideLogger(false);

const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1000;
/** Nothing is refused: each key is used a few times. */
const LIMIT = 1_000_000;
const KEYS = 50_000;
const KEYS_OF_FLOOD = 300_000;
const IN_MEMORY = 300_000;
const IN_REDIS = 20_000;
const AT_ONCE = 32;

const keyOf = (number) => `019ac3f0-7000-8000-${String(number % KEYS).padStart(12, '0')}:0`;

/** What a refresh and a login ask of our counters. */
function oursOf(counters) {
  const window = (name, key) => ({ key: `${name}:${key}`, windowMs: WINDOW_MS, limit: LIMIT });
  return {
    refresh: (key) => counters.admit([window('refresh', key)]),
    login: (key) =>
      Promise.all([
        counters.read(`login_failures:${key}`),
        counters.admit([window('login', key), window('login_network', key)]),
      ]),
  };
}

/** The same by rate-limiter-flexible, which has one limiter for each limit. */
function theirsOf(limiterOf) {
  const [refresh, login, network, failures] = [
    'refresh',
    'login',
    'login_network',
    'login_failures',
  ].map(limiterOf);
  return {
    refresh: (key) => refresh.consume(key),
    login: (key) => Promise.all([failures.get(key), login.consume(key), network.consume(key)]),
  };
}

const inMemoryOf = {
  ours: () => oursOf(new MemoryCounters(new Clock())),
  'rate-limiter-flexible': () =>
    theirsOf(
      (keyPrefix) => new RateLimiterMemory({ keyPrefix, points: LIMIT, duration: WINDOW_SECONDS }),
    ),
};

console.log('In memory: µs of one, and bytes of the heap for one key\n');
for (let round = 0; round < 3; round++)
  for (const [name, make] of Object.entries(inMemoryOf)) {
    const refresh = await microsecondsEach(make().refresh);
    const login = await microsecondsEach(make().login);
    console.log(name.padEnd(22), `refresh ${refresh}  login ${login}  ${await heapOf(make())}`);
  }

console.log(
  `\nIn Redis: µs of one after another; of ${AT_ONCE} at once, and processor time of Node\n`,
);
const redis = await startRedis();
try {
  const limiters = {
    ours: async () => {
      const shared = new SharedCounters(redis.url, new MemoryCounters(new Clock()), new Metrics());
      while (!shared.redis.isUp) await new Promise((later) => setTimeout(later, 5));
      const { redis: client } = shared.redis;
      return { ...oursOf(shared), client, close: () => shared.onApplicationShutdown() };
    },
    'rate-limiter-flexible': async () => {
      const client = new Redis(redis.url, { keyPrefix: 'evergreen:limits:' });
      const options = { storeClient: client, points: LIMIT, duration: WINDOW_SECONDS };
      const limits = theirsOf((keyPrefix) => new RateLimiterRedis({ ...options, keyPrefix }));
      return { ...limits, client, close: () => client.disconnect() };
    },
  };
  for (let round = 0; round < 3; round++)
    for (const [name, make] of Object.entries(limiters)) {
      const limits = await make();
      const inRedis = [await inRedisOf(limits, 'refresh'), await inRedisOf(limits, 'login')];
      console.log(name.padEnd(22), inRedis.join('  |  '));
      limits.close();
    }
} finally {
  await redis.stop();
}
process.exit();

async function microsecondsEach(work) {
  for (let number = 0; number < KEYS; number++) await work(keyOf(number));
  const begin = performance.now();
  for (let number = 0; number < IN_MEMORY; number++) await work(keyOf(number));
  return (((performance.now() - begin) * 1000) / IN_MEMORY).toFixed(2);
}

/** For as many keys as we keep at most, and for three times as many. */
async function heapOf(limits) {
  const used = () => {
    globalThis.gc();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  const after = [];
  for (let number = 0; number < KEYS_OF_FLOOD; number++) {
    await limits.refresh(`flood-of-requests-${String(number).padStart(12, '0')}`);
    if (number + 1 === KEYS_OF_FLOOD / 3 || number + 1 === KEYS_OF_FLOOD)
      after.push(used() - before);
  }
  const [ofMost, ofFlood] = after;
  const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  const each = Math.round(ofMost / (KEYS_OF_FLOOD / 3));
  return `${each} bytes a key; 100,000 keys ${mib(ofMost)}, 300,000 keys ${mib(ofFlood)}`;
}

async function inRedisOf({ client, ...limits }, what) {
  const work = limits[what];
  await client.flushall();
  await work(keyOf(0));
  const names = await client.keys('*');
  const sizes = await Promise.all(names.map((name) => client.memory('USAGE', name)));
  const before = await statsOf(client);
  let sent = 0;
  const { sendCommand } = client;
  client.sendCommand = (...command) => (sent++, sendCommand.apply(client, command));
  const begin = performance.now();
  for (let number = 0; number < IN_REDIS / 4; number++) await work(keyOf(number));
  const alone = ((performance.now() - begin) * 1000) / (IN_REDIS / 4);
  client.sendCommand = sendCommand;
  const after = await statsOf(client);
  const cpu = process.cpuUsage();
  const beginAtOnce = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async (_, worker) => {
      for (let done = 0; done < IN_REDIS / AT_ONCE; done++)
        await work(keyOf(done * AT_ONCE + worker));
    }),
  );
  const atOnce = ((performance.now() - beginAtOnce) * 1000) / IN_REDIS;
  const { user, system } = process.cpuUsage(cpu);
  return [
    `${what} ${alone.toFixed(0)} alone, ${atOnce.toFixed(0)} at once, ${((user + system) / IN_REDIS).toFixed(0)} cpu`,
    `${(sent / (IN_REDIS / 4)).toFixed(0)} commands of ${Math.round((after - before) / (IN_REDIS / 4))} bytes`,
    `keys of ${sizes.join('+')} bytes`,
  ].join(', ');
}

async function statsOf(client) {
  return Number(/total_net_input_bytes:(\d+)/.exec(await client.info('stats'))[1]);
}

async function startRedis() {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-redis-'));
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const child = spawn('redis-server', options.map(String), { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      child.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
