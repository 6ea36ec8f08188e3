export { Counters, type Tally } from './counters.js';
export { CountingStorage } from './counting-storage.js';
export { networkOf } from './network.js';
export { Refusals } from './refusals.js';
