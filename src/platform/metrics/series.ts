import type { Histogram, Registry } from 'prom-client';

type Labels = Readonly<Record<string, string | number>>;

/** One series of a histogram: how often a value was at most how large. */
export class Series {
  /** By upper bound, and last what is above all of them. */
  private readonly counts: Float64Array;
  private sum = 0;

  constructor(
    private readonly labels: Labels,
    private readonly upperBounds: readonly number[],
  ) {
    this.counts = new Float64Array(upperBounds.length + 1);
  }

  observe(value: number): void {
    const bucket = this.upperBounds.findIndex((bound) => value <= bound);
    const at = bucket < 0 ? this.upperBounds.length : bucket;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sum += value;
  }

  /** In Prometheus's form, where each bucket counts those below it, too. */
  samples(name: string): Sample[] {
    let count = 0;
    const buckets = [...this.upperBounds, '+Inf'].map((le, bucket) => {
      count += this.counts[bucket] ?? 0;
      return { metricName: `${name}_bucket`, labels: { le, ...this.labels }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels: this.labels, value: this.sum },
      { metricName: `${name}_count`, labels: this.labels, value: count },
    ];
  }
}

interface Sample {
  readonly metricName: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * A histogram for what every request passes: whoever observes holds its series. The library's own
 * finds it by a text that it makes of the labels each time, which took 10 of the 60 microseconds of
 * an empty route.
 */
export function registerHistogram(
  registry: Registry,
  { name, help }: { name: string; help: string },
  series: () => Iterable<Series>,
): void {
  const get = () => ({
    name,
    help,
    type: 'histogram',
    aggregator: 'sum',
    values: [...series()].flatMap((one) => one.samples(name)),
  });
  registry.registerMetric({ name, get } as unknown as Histogram);
}
