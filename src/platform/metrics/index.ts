export { Metrics } from './metrics.js';
export { registerHistogram, Series } from './series.js';
