import { setImmediate as turn } from 'node:timers/promises';
import { Lane } from './lane.js';

describe('Lane', () => {
  const jobs = () => {
    const begun: string[] = [];
    const ends = new Map<string, (error?: Error) => void>();
    const job = (name: string) => () =>
      new Promise<string>((done, fail) => {
        begun.push(name);
        ends.set(name, (error) => (error ? fail(error) : done(name)));
      });
    const end = async (name: string, error?: Error) => {
      ends.get(name)?.(error);
      await turn();
    };
    return { begun, job, end };
  };

  it('runs so many at once, lets so many wait in turn, and refuses more', async () => {
    const lane = new Lane({ atOnce: 2, waiting: 2 });
    const { begun, job, end } = jobs();
    const results = ['a', 'b', 'c', 'd'].map((name) => lane.run(job(name)));
    expect(lane).toMatchObject({ runningCount: 2, waitingCount: 2, isFull: true });
    await expect(lane.run(job('e'))).rejects.toThrow();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(lane).toMatchObject({ runningCount: 2, waitingCount: 1, isFull: false });
    await end('a');
    await end('c');
    await end('d');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
    expect(lane).toMatchObject({ runningCount: 0, waitingCount: 0, isFull: false });
  });

  it('goes on after a job that failed', async () => {
    const lane = new Lane({ atOnce: 1, waiting: 1 });
    const { begun, job, end } = jobs();
    const failing = lane.run(job('a'));
    const next = lane.run(job('b'));
    await turn();
    const failure = expect(failing).rejects.toThrow('no');
    await end('a', new Error('no'));
    await failure;
    await end('b');
    expect(await next).toBe('b');
    const last = lane.run(job('c'));
    await turn();
    await end('c');
    expect(await last).toBe('c');
    expect(begun).toEqual(['a', 'b', 'c']);
  });
});
