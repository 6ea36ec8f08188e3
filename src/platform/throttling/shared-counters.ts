import type { OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/index.js';
import { Counters, type FullWindow, type Tally, type Window } from './counters.js';
import type { MemoryCounters } from './memory-counters.js';
import { RedisLink } from './redis-link.js';

// Redis runs one script at a time, so of requests that come at once to several instances each gets
// a count of its own.

const SCRIPTS = {
  // The expiry is asked for each time, so that no key can be left without one.
  hit: `
  local count = redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`,

  // Takes the length and the limit of each window. Returns the index of the first full window,
  // counted from 1, and the time left of it; 0 where all have room.
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

  strike: `
  local count = redis.call('INCR', KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  return { count, redis.call('PTTL', KEYS[1]) }`,

  read: `return { tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]) }`,

  forget: `return { redis.call('DEL', KEYS[1]), 0 }`,
};

type ScriptName = keyof typeof SCRIPTS;

/**
 * Counters that instances share in Redis. Each counts for itself as well: one that loses Redis goes
 * on from what it has seen, and nobody's request fails or waits.
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
      help: '1 where limits are shared with other instances in Redis, 0 where Redis is away and this instance counts by itself.',
      registers: [metrics.registry],
      collect() {
        this.set(redis.isUp ? 1 : 0);
      },
    });
  }

  override async hit(key: string, windowMs: number): Promise<Tally> {
    const own = this.own.hit(key, windowMs);
    return (await this.ask('hit', key, windowMs)) ?? own;
  }

  override async admit(windows: readonly Window[]): Promise<FullWindow | undefined> {
    const own = this.own.admit(windows);
    const bounds = windows.flatMap(({ lastsMs, atMost }) => [lastsMs, atMost]);
    const answer = await this.redis.run('admit', keysOf(windows), bounds);
    if (!answer) return own;
    const [place, msLeft] = answer;
    return place === 0 ? undefined : { index: place - 1, msLeft: Math.max(0, msLeft) };
  }

  override async takeBack(windows: readonly Window[]): Promise<void> {
    this.own.takeBack(windows);
    await this.redis.run('takeBack', keysOf(windows));
  }

  override async strike(key: string, memoryMs: number): Promise<Tally> {
    const own = this.own.strike(key, memoryMs);
    return (await this.ask('strike', key, memoryMs)) ?? own;
  }

  override async read(key: string): Promise<Tally> {
    return (await this.ask('read', key)) ?? this.own.read(key);
  }

  override async forget(key: string): Promise<void> {
    this.own.forget(key);
    await this.ask('forget', key);
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }

  private async ask(
    script: ScriptName,
    key: string,
    argument?: number,
  ): Promise<Tally | undefined> {
    const answer = await this.redis.run(script, [key], argument === undefined ? [] : [argument]);
    return answer && { count: answer[0], msLeft: Math.max(0, answer[1]) };
  }
}

function keysOf(windows: readonly Window[]): string[] {
  return windows.map(({ key }) => key);
}
