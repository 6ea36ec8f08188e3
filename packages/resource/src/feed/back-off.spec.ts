import { pauseMs } from './back-off.js';

describe('pauseMs', () => {
  const pauses = (status?: number) =>
    [0, 1, 2, 5, 10, 1e6].map((failures) => pauseMs(failures, status, 0.5));

  it('grows to a second while the server is away or ill', () => {
    expect(pauses()).toEqual([50, 100, 200, 1000, 1000, 1000]);
    expect(pauses(503)).toEqual(pauses());
  });

  it('grows to ten seconds while the server refuses', () => {
    expect(pauses(401)).toEqual([50, 100, 200, 1600, 10_000, 10_000]);
  });

  it('differs by chance', () => {
    expect([pauseMs(0, undefined, 0), pauseMs(0, undefined, 1)]).toEqual([25, 75]);
  });
});
