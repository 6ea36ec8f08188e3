import { setImmediate as turn } from 'node:timers/promises';
import { Lane, LaneFullError } from './lane.js';

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
    expect(lane).toMatchObject({ runningCount: 2, waitingCount: 2 });
    await expect(lane.run(job('e'))).rejects.toThrow();
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    expect(lane).toMatchObject({ runningCount: 2, waitingCount: 1 });
    await end('a');
    await end('c');
    await end('d');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
    expect(lane).toMatchObject({ runningCount: 0, waitingCount: 0 });
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

  describe('with several parties', () => {
    it('lets them take turns, however many jobs each has', async () => {
      const lane = new Lane({ atOnce: 1, waiting: 10 });
      const { begun, job, end } = jobs();
      const names = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'];
      const results = names.map((name) => lane.run(job(name), name[0]));
      for (let done = 0; done < names.length; done++) {
        await turn();
        await end(begun[done] ?? '');
      }
      await Promise.all(results);
      expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
    });

    it('gives the last place of whoever has most to a party that has less', async () => {
      const lane = new Lane({ atOnce: 1, waiting: 3 });
      const { begun, job, end } = jobs();
      const results = ['a1', 'a2', 'a3', 'a4'].map((name) => lane.run(job(name), 'a'));
      const displaced = expect(results[3]).rejects.toThrow(LaneFullError);
      const others = [lane.run(job('b1'), 'b')];
      await displaced;
      await expect(lane.run(job('a5'), 'a')).rejects.toThrow(LaneFullError);
      await expect(lane.run(job('b2'), 'b')).rejects.toThrow(LaneFullError);
      expect(lane.waitingCount).toBe(3);
      for (const name of ['a1', 'a2', 'b1', 'a3']) await end(name);
      await Promise.all([...results.slice(0, 3), ...others]);
      expect(begun).toEqual(['a1', 'a2', 'b1', 'a3']);
      expect(lane).toMatchObject({ runningCount: 0, waitingCount: 0 });
    });
  });
});
