import { Counter } from 'prom-client';
import { Metrics } from './metrics.js';

describe('Metrics.shared', () => {
  it('renders ten times a second at most, and hands out the same bytes beyond', async () => {
    const metrics = new Metrics();
    const counter = new Counter({ name: 'asked', help: 'x', registers: [metrics.registry] });
    const responses: Buffer[] = [];
    for (let asked = 0; asked < 50; asked++) {
      counter.inc();
      responses.push(await metrics.shared());
    }
    // The fifty may take a second on a machine that others keep busy.
    expect(new Set(responses).size).toBeGreaterThanOrEqual(10);
    expect(new Set(responses).size).toBeLessThanOrEqual(20);
    expect(responses[0]?.toString()).toContain('asked 1');
  });

  it('is no older than a second', async () => {
    const metrics = new Metrics();
    const counter = new Counter({ name: 'asked', help: 'x', registers: [metrics.registry] });
    for (let asked = 0; asked < 20; asked++) await metrics.shared();
    counter.inc();
    const inASecond = Date.now() + 1000;
    jest.spyOn(Date, 'now').mockReturnValue(inASecond);
    const response = await metrics.shared();
    jest.restoreAllMocks();
    expect(response.toString()).toContain('asked 1');
  });
});
