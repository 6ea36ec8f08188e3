import type { OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/index.js';
import { Counters, type FullWindow, type Tally, type Window } from './counters.js';
import type { MemoryCounters } from './memory-counters.js';
import { RedisLink } from './redis-link.js';

// Redis runs one script at a time, so parallel requests to several instances all get different
// counts.

const SCRIPTS = {
  // Reads the expiry each time, so that no key stays without one.
  hit: `
  local count = redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`,

  // Takes the length and the limit of each window. Returns the index of the first full window,
  // counted from 1, and the time left of it; 0 if none is full.
  admit: `
  for index, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[2 * index]) then
      return { index, redis.call('PTTL', key) }
    end
  end
  for index, key in ipairs(KEYS) do
    redis.call('INCR', key)
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[2 * index - 1]) end
  end
  return { 0, 0 }`,

  takeBack: `
  for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
  end
  return { 0, 0 }`,

  countInARow: `
  local count = redis.call('INCR', KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  return { count, redis.call('PTTL', KEYS[1]) }`,

  read: `return { tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]) }`,

  forget: `return { redis.call('DEL', KEYS[1]), 0 }`,
};

type ScriptName = keyof typeof SCRIPTS;

/**
 * Counters that instances share in Redis. Each instance also counts in its own memory. One that
 * loses Redis continues with these counts, so that no request fails or waits.
 */
export class SharedCounters extends Counters implements OnApplicationShutdown {
  private readonly redis: RedisLink<ScriptName>;

  constructor(
    url: string,
    private readonly own: MemoryCounters,
    metrics: Metrics,
  ) {
    super();
    const redis = new RedisLink<ScriptName>(url, SCRIPTS, 'hit');
    this.redis = redis;
    new Gauge({
      name: 'evergreen_limits_redis_up',
      help: '1 while instances share limits in Redis, 0 while Redis is away and this instance counts alone.',
      registers: [metrics.registry],
      collect() {
        this.set(redis.isUp ? 1 : 0);
      },
    });
  }

  override async hit(key: string, windowMs: number): Promise<Tally> {
    const own = this.own.hit(key, windowMs);
    return (await this.tallyOf('hit', key, windowMs)) ?? own;
  }

  override async admit(windows: readonly Window[]): Promise<FullWindow | undefined> {
    const own = this.own.admit(windows);
    const bounds = windows.flatMap(({ windowMs, limit }) => [windowMs, limit]);
    const result = await this.redis.run('admit', keysOf(windows), bounds);
    if (!result) return own;
    const [number, msLeft] = result;
    return number === 0 ? undefined : { index: number - 1, msLeft: Math.max(0, msLeft) };
  }

  override async takeBack(windows: readonly Window[]): Promise<void> {
    this.own.takeBack(windows);
    await this.redis.run('takeBack', keysOf(windows));
  }

  override async countInARow(key: string, keptMs: number): Promise<Tally> {
    const own = this.own.countInARow(key, keptMs);
    return (await this.tallyOf('countInARow', key, keptMs)) ?? own;
  }

  override async read(key: string): Promise<Tally> {
    return (await this.tallyOf('read', key)) ?? this.own.read(key);
  }

  override async forget(key: string): Promise<void> {
    this.own.forget(key);
    await this.tallyOf('forget', key);
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }

  private async tallyOf(
    script: ScriptName,
    key: string,
    argument?: number,
  ): Promise<Tally | undefined> {
    const result = await this.redis.run(script, [key], argument === undefined ? [] : [argument]);
    return result && { count: result[0], msLeft: Math.max(0, result[1]) };
  }
}

function keysOf(windows: readonly Window[]): string[] {
  return windows.map(({ key }) => key);
}
