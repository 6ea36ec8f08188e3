import { Notices } from './notices.js';

describe('Notices.next', () => {
  const end = new AbortController().signal;
  const never = { minMs: 0, maxMs: 60_000, end };

  it('resolves for a notice that came before it was asked, or comes after', async () => {
    const notices = new Notices();
    notices.add();
    await notices.next(never);
    const next = notices.next(never);
    setTimeout(() => notices.add(), 5);
    await next;
  });

  it('takes many for one', async () => {
    const notices = new Notices();
    for (let count = 0; count < 1000; count++) notices.add();
    await notices.next(never);
    let isOver = false;
    const next = notices.next(never).then(() => (isOver = true));
    await new Promise((done) => setTimeout(done, 20));
    expect(isOver).toBe(false);
    notices.add();
    await next;
  });

  it('resolves without a notice when the time is up', async () => {
    await new Notices().next({ minMs: 0, maxMs: 5, end });
  });

  it('rests before it resolves, whatever comes', async () => {
    const notices = new Notices();
    notices.add();
    const begin = performance.now();
    await notices.next({ minMs: 30, maxMs: 60_000, end });
    expect(performance.now() - begin).toBeGreaterThan(25);
  });

  it.each([0, 60_000])('throws where it is to end, at rest for %d ms', async (minMs) => {
    const over = new AbortController();
    const next = new Notices().next({ minMs, maxMs: 120_000, end: over.signal });
    setTimeout(() => over.abort(), 5);
    await expect(next).rejects.toThrow('aborted');
  });
});
