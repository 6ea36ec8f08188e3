import { setImmediate as turn } from 'node:timers/promises';
import { BoundedQueue, QueueFullError } from './bounded-queue.js';

describe('BoundedQueue', () => {
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
    const queue = new BoundedQueue({ atOnce: 2, waiting: 2 });
    const { begun, job, end } = jobs();
    const results = ['a', 'b', 'c', 'd'].map((name) => queue.run(job(name)));
    expect(queue).toMatchObject({ runningCount: 2, waitingCount: 2 });
    await expect(queue.run(job('e'))).rejects.toThrow();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(queue).toMatchObject({ runningCount: 2, waitingCount: 1 });
    await end('a');
    await end('c');
    await end('d');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
    expect(queue).toMatchObject({ runningCount: 0, waitingCount: 0 });
  });

  it('goes on after a job that failed', async () => {
    const queue = new BoundedQueue({ atOnce: 1, waiting: 1 });
    const { begun, job, end } = jobs();
    const failing = queue.run(job('a'));
    const next = queue.run(job('b'));
    await turn();
    const failure = expect(failing).rejects.toThrow('no');
    await end('a', new Error('no'));
    await failure;
    await end('b');
    expect(await next).toBe('b');
    const last = queue.run(job('c'));
    await turn();
    await end('c');
    expect(await last).toBe('c');
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  describe('with several parties', () => {
    it('lets them take turns, however many jobs each has', async () => {
      const queue = new BoundedQueue({ atOnce: 1, waiting: 10 });
      const { begun, job, end } = jobs();
      const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'];
      const results = names.map((name) => queue.run(job(name), name[0]));
      for (let done = 0; done < names.length; done++) {
        await turn();
        await end(begun[done] ?? '');
      }
      await Promise.all(results);
      expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    });

    it('gives the last place of whoever has most to a party that has less', async () => {
      const queue = new BoundedQueue({ atOnce: 1, waiting: 3 });
      const { begun, job, end } = jobs();
      const results = ['a1', 'a2', 'a3', 'a4'].map((name) => queue.run(job(name), 'a'));
      const displaced = expect(results[3]).rejects.toThrow(QueueFullError);
      const others = [queue.run(job('b1'), 'b')];
      await displaced;
      await expect(queue.run(job('a5'), 'a')).rejects.toThrow(QueueFullError);
      await expect(queue.run(job('b2'), 'b')).rejects.toThrow(QueueFullError);
      expect(queue.waitingCount).toBe(3);
      for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
      await Promise.all([...results.slice(0, 3), ...others]);
      expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
      expect(queue).toMatchObject({ runningCount: 0, waitingCount: 0 });
    });
  });
});
