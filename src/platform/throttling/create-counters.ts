import type { Clock } from '../clock/index.js';
import type { Config } from '../config/index.js';
import type { Metrics } from '../metrics/index.js';
import type { Counters } from './counters.js';
import { MemoryCounters } from './memory-counters.js';
import { SharedCounters } from './shared-counters.js';

/** Counters in memory, or shared by all instances where there is a Redis. */
export function createCounters({ redisUrl }: Config, clock: Clock, metrics: Metrics): Counters {
  const own = new MemoryCounters(clock);
  return redisUrl === undefined ? own : new SharedCounters(redisUrl, own, metrics);
}
