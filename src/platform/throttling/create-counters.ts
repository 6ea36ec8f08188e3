import type { Clock } from '../clock/index.js';
import type { Config } from '../config/index.js';
import type { Metrics } from '../metrics/index.js';
import type { Counters } from './counters.js';
import { MemoryCounters } from './memory-counters.js';

/**
 * Counters in memory, or in Redis for all instances if `REDIS_URL` is set. The client of Redis is
 * loaded only then.
 */
export async function createCounters(
  { redisUrl }: Config,
  clock: Clock,
  metrics: Metrics,
): Promise<Counters> {
  const own = new MemoryCounters(clock);
  if (redisUrl === undefined) return own;
  const { SharedCounters } = await import('./shared-counters.js');
  return new SharedCounters(redisUrl, own, metrics);
}
