import type { OnApplicationShutdown } from '@nestjs/common';
import { Gauge } from 'prom-client';
import type { Metrics } from '../metrics/index.js';
import { Counters, type Tally } from './counters.js';
import type { MemoryCounters } from './memory-counters.js';
import { RedisLink, type Script } from './redis-link.js';

// Redis runs one script at a time, so of requests that come at once to several instances each gets
// a count of its own.

/** The expiry is asked for each time, so that no key can be left without one. */
const HIT: Script = `
  local count = redis.call('INCR', KEYS[1])
  if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
  return { count, redis.call('PTTL', KEYS[1]) }`;

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
    const answer = await this.redis.run(script, key, argument);
    return answer && { count: answer[0], msLeft: Math.max(0, answer[1]) };
  }
}
