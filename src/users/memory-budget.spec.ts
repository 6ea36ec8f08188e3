import { setImmediate as turn } from 'node:timers/promises';
import { MemoryBudget } from './memory-budget.js';

describe('MemoryBudget', () => {
  it('runs together what fits, and the others in the order in which they came', async () => {
    const budget = new MemoryBudget(10);
    const started: string[] = [];
    const ends = new Map<string, () => void>();
    const run = (name: string, kib: number) =>
      budget.run(kib, () => {
        started.push(name);
        return new Promise<void>((end) => ends.set(name, end));
      });
    const all = [run('a', 6), run('b', 4), run('c', 10), run('d', 1)];
    await turn();
    expect(started).toEqual(['a', 'b']);
    ends.get('a')?.();
    await turn();
    expect(started).toEqual(['a', 'b']);
    ends.get('b')?.();
    await turn();
    expect(started).toEqual(['a', 'b', 'c']);
    ends.get('c')?.();
    await turn();
    expect(started).toEqual(['a', 'b', 'c', 'd']);
    ends.get('d')?.();
    await Promise.all(all);
  });

  it('gives the memory of a job back that fails', async () => {
    const budget = new MemoryBudget(1);
    await expect(budget.run(1, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await budget.run(1, async () => 'next')).toBe('next');
  });
});
