import { endEach } from './end-each.js';

const refusal = new Error('refused');

describe('endEach', () => {
  it('ends one after the other', async () => {
    const ended: number[] = [];
    const end = async (session: number) => {
      await Promise.resolve();
      ended.push(session);
    };
    expect(await endEach([1, 2, 3], end)).toEqual({ ended: 3, failed: 0, error: undefined });
    expect(ended).toEqual([1, 2, 3]);
  });

  it('says which could not be ended, and goes on with the others', async () => {
    const end = (session: number) => (session === 2 ? Promise.reject(refusal) : Promise.resolve());
    expect(await endEach([1, 2, 3], end)).toEqual({ ended: 2, failed: 1, error: refusal });
  });

  it('has nothing to do where there is nothing', async () => {
    expect(await endEach([], () => Promise.reject(refusal))).toMatchObject({ ended: 0, failed: 0 });
  });
});
