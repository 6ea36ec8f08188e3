/** The content of `/metrics` at one moment. */
export interface ReadMetrics {
  readonly text: string;
  /**
   * The value of one series, such as `name{label="x"}`; undefined if there is none.
   */
  value(series: string): number | undefined;
}

/** @param url of the server, or of its `METRICS_PORT` */
export async function metricsOf(url: string): Promise<ReadMetrics> {
  const response = await fetch(`${url}/metrics`);
  const text = await response.text();
  if (!response.ok) throw new Error(`metrics: ${response.status} ${text}`);
  const values = new Map(
    text
      .split('\n')
      .filter((line) => line && !line.startsWith('#'))
      .map((line) => [
        line.slice(0, line.lastIndexOf(' ')),
        Number(line.slice(line.lastIndexOf(' ') + 1).replace('Inf', 'Infinity')),
      ]),
  );
  return { text, value: (series) => values.get(series) };
}
