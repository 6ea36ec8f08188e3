import { setImmediate as turn } from 'node:timers/promises';
import { loadConfig, readEnvironment } from '../platform/config/index.js';
import { Metrics } from '../platform/metrics/index.js';
import { HashQueue, hashesAtOnce } from './hash-queue.js';

describe('hashesAtOnce', () => {
  it.each([
    [4, 8, 3],
    [4, 4, 3],
    [4, 3, 3],
    [4, 2, 2],
    [4, 1, 1],
    [2, 8, 1],
    [1, 8, 1],
    [65, 64, 64],
  ])('of %d threads and %d processors: %d', (threads, processors, count) => {
    expect(hashesAtOnce(threads, processors)).toBe(count);
  });
});

describe('HashQueue', () => {
  it('runs what threads are left for, lets twenty times as many wait, and refuses more with 503 until there is room', async () => {
    const env = { DATABASE_URL: 'postgres://db/x', JWT_SECRET: 'x', UV_THREADPOOL_SIZE: '2' };
    const metrics = new Metrics();
    const queue = new HashQueue(loadConfig(readEnvironment(env)), metrics);
    const count = async (line: string) =>
      (await metrics.text())
        .split('\n')
        .find((one) => one.startsWith(`${line} `))
        ?.split(' ')[1];
    const ends: (() => void)[] = [];
    const hashing = () => new Promise<void>((end) => ends.push(end));

    const admitted = Array.from({ length: 21 }, () => queue.run(hashing));
    await expect(queue.run(hashing)).rejects.toMatchObject({
      code: 'service_unavailable',
      options: { retryAfterSeconds: 4 },
    });
    expect(ends).toHaveLength(1);
    expect(await count('evergreen_password_hashes{state="running"}')).toBe('1');
    expect(await count('evergreen_password_hashes{state="waiting"}')).toBe('20');
    expect(await count('evergreen_password_hashes_refused_total')).toBe('1');

    ends[0]?.();
    await turn();
    admitted.push(queue.run(hashing));
    while (ends.length < admitted.length) {
      ends.forEach((end) => end());
      await turn();
    }
    ends.forEach((end) => end());
    await Promise.all(admitted);
    expect(await count('evergreen_password_hashes{state="running"}')).toBe('0');
  });

  it('passes on what a hash comes to, and why it failed', async () => {
    const queue = new HashQueue(
      loadConfig(readEnvironment({ DATABASE_URL: 'postgres://db/x', JWT_SECRET: 'x' })),
      new Metrics(),
    );
    expect(await queue.run(async () => 'hash')).toBe('hash');
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('is shared by networks: whoever guesses all the time keeps nobody else waiting', async () => {
    const env = { DATABASE_URL: 'postgres://db/x', JWT_SECRET: 'x', UV_THREADPOOL_SIZE: '2' };
    const queue = new HashQueue(loadConfig(readEnvironment(env)), new Metrics());
    const done: string[] = [];
    const hashing = (who: string) => async () => {
      await turn();
      done.push(who);
    };
    const guesses = Array.from({ length: 100 }, () =>
      queue.run(hashing('guesser'), '203.0.113.7').catch(() => undefined),
    );
    await queue.run(hashing('owner'), '198.51.100.1');
    expect(done.length).toBeLessThanOrEqual(3);
    await Promise.all(guesses);
  });
});
