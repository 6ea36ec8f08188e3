export { Counters, type Tally } from './counters.js';
export { CountingStorage, type CountedLimit } from './counting-storage.js';
export { networkOf } from './network.js';
export { RateLimitRejections } from './rate-limit-rejections.js';
