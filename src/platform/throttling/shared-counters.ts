import type { OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/index.js';
import { Counters, type FullWindow, type Tally, type Window } from './counters.js';
import type { MemoryCounters } from './memory-counters.js';
import { RedisLink, type Script } from './redis-link.js';

// Redis runs one script at a time, so of requests that come at once to several instances each gets
// a count of its own.

/** The expiry is asked for each time, so that no key can be left without one. */
const HIT: Script = `
  local count = redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`;

/**
 * Of each key how long its window lasts and how many it has room for. Answers with the place of the
 * first without room, counted from 1, and what is left of its window; 0 where all have room.
 */
const ADMIT: Script = `
  for place, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) >= tonumber(ARGV[2 * place]) then
      return { place, redis.call('PTTL', key) }
    end
  end
  for place, key in ipairs(KEYS) do
    redis.call('INCR', key)
    if redis.call('PTTL', key) < 0 then redis.call('PEXPIRE', key, ARGV[2 * place - 1]) end
  end
  return { 0, 0 }`;

const TAKE_BACK: Script = `
  for _, key in ipairs(KEYS) do
    if tonumber(redis.call('GET', key) or 0) > 0 then redis.call('DECR', key) end
  end
  return { 0, 0 }`;

const STRIKE: Script = `
  local count = redis.call('INCR', KEYS[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
  return { count, redis.call('PTTL', KEYS[1]) }`;

const READ: Script = `return { tonumber(redis.call('GET', KEYS[1]) or 0), redis.call('PTTL', KEYS[1]) }`;

const FORGET: Script = `return { redis.call('DEL', KEYS[1]), 0 }`;

/**
 * Counters that instances share in Redis. Each counts for itself as well: one that loses Redis goes
 * on from what it has seen, and nobody's request fails or waits.
 */
export class SharedCounters extends Counters implements OnApplicationShutdown {
  private readonly redis: RedisLink;

  constructor(
    url: string,
    private readonly own: MemoryCounters,
    metrics: Metrics,
  ) {
    super();
    const redis = new RedisLink(url, HIT);
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
    return (await this.ask(HIT, key, windowMs)) ?? own;
  }

  override async admit(windows: readonly Window[]): Promise<FullWindow | undefined> {
    const own = this.own.admit(windows);
    const bounds = windows.flatMap(({ lastsMs, atMost }) => [lastsMs, atMost]);
    const answer = await this.redis.run(ADMIT, keysOf(windows), bounds);
    if (!answer) return own;
    const [place, msLeft] = answer;
    return place === 0 ? undefined : { index: place - 1, msLeft: Math.max(0, msLeft) };
  }

  override async takeBack(windows: readonly Window[]): Promise<void> {
    this.own.takeBack(windows);
    await this.redis.run(TAKE_BACK, keysOf(windows));
  }

  override async strike(key: string, memoryMs: number): Promise<Tally> {
    const own = this.own.strike(key, memoryMs);
    return (await this.ask(STRIKE, key, memoryMs)) ?? own;
  }

  override async read(key: string): Promise<Tally> {
    return (await this.ask(READ, key)) ?? this.own.read(key);
  }

  override async forget(key: string): Promise<void> {
    this.own.forget(key);
    await this.ask(FORGET, key);
  }

  onApplicationShutdown(): void {
    this.redis.close();
  }

  private async ask(script: Script, key: string, argument?: number): Promise<Tally | undefined> {
    const answer = await this.redis.run(script, [key], argument === undefined ? [] : [argument]);
    return answer && { count: answer[0], msLeft: Math.max(0, answer[1]) };
  }
}

function keysOf(windows: readonly Window[]): string[] {
  return windows.map(({ key }) => key);
}
