import { Metrics } from '../../src/platform/metrics/index.js';
import type { TestApp } from '../support/app.js';
import { code, joined, tableOf } from './markdown.js';
import { METRIC_NOTES } from './notes/metrics.js';

/** What the registry of prom-client has of a metric. */
interface RegisteredMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames?: readonly string[];
}

/** Our own metrics, without those of the process, as an instance with Redis registers them. */
export function metricsReference({ nest }: TestApp): string {
  const registered = nest
    .get(Metrics)
    .registry.getMetricsAsArray() as unknown as RegisteredMetric[];
  const own = registered.filter(({ name }) => name.startsWith('evergreen_'));
  return tableOf(
    ['metric', 'kind', 'meaning'],
    own
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map((metric) => [
        code(nameWithLabels(metric)),
        metric.type,
        joined(metric.help, METRIC_NOTES[metric.name]),
      ]),
  );
}

function nameWithLabels({ name, labelNames = [] }: RegisteredMetric): string {
  return labelNames.length > 0 ? `${name}{${labelNames.join(', ')}}` : name;
}
