import { TestClock } from '../../../src/platform/clock/index.js';
import { RevokedSessions, type RevocationNotice } from './revoked-sessions.js';

const ended = (sessionId: string): RevocationNotice => ({
  sessionId,
  userId: 'user',
  lowestEpoch: null,
});
const raised = (sessionId: string, lowestEpoch: number): RevocationNotice => ({
  sessionId,
  userId: 'user',
  lowestEpoch,
});

describe('RevokedSessions', () => {
  let clock: TestClock;

  beforeEach(() => {
    // No time passes but what a test lets pass.
    jest.spyOn(performance, 'now').mockReturnValue(0);
    clock = new TestClock();
  });
  afterEach(() => jest.restoreAllMocks());

  it('knows nothing against a session that nobody spoke of', () => {
    expect(new RevokedSessions(10, clock).status('a', 0)).toBe('live');
  });

  it('refuses every epoch of a session that has ended', () => {
    const revoked = new RevokedSessions(10, clock);
    revoked.add(ended('a'), 1000);
    for (const epoch of [0, 1, 0x7fffffff]) expect(revoked.status('a', epoch)).toBe('ended');
  });

  it.each([
    [1, 'outdated'],
    [2, 'live'],
    [3, 'live'],
  ])('of a session whose lowest good epoch is 2, finds epoch %d %s', (epoch, status) => {
    const revoked = new RevokedSessions(10, clock);
    revoked.add(raised('a', 2), 1000);
    expect(revoked.status('a', epoch)).toBe(status);
  });

  it('comes to the same, in whatever order it hears the same notices, and however often', () => {
    const notices = [raised('a', 1), ended('a'), raised('a', 2)];
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 0, 2, 1, 1],
      [1, 2, 0],
    ]) {
      const revoked = new RevokedSessions(10, clock);
      for (const index of order) revoked.add(notices[index] as RevocationNotice, 1000);
      expect(revoked.status('a', 9)).toBe('ended');
    }
  });

  it('says once that a session has ended', () => {
    const revoked = new RevokedSessions(10, clock);
    expect(
      [raised('a', 1), ended('a'), ended('a'), raised('a', 2)].map((notice) =>
        revoked.add(notice, 1000),
      ),
    ).toEqual([false, true, false, false]);
  });

  it.each([
    [999, 'ended'],
    [1000, 'live'],
    [1001, 'live'],
  ])('forgets at the time that it was told last: at %d ms of 1000 it is %s', (atMs, status) => {
    const revoked = new RevokedSessions(10, clock);
    revoked.add(ended('a'), 1000);
    revoked.add(ended('a'), 500);
    clock.advance({ seconds: atMs / 1000 });
    revoked.forgetExpired();
    expect(revoked.status('a', 0)).toBe(status);
  });

  it.each([
    ["this machine's calendar", (ms: number) => void jest.spyOn(Date, 'now').mockReturnValue(ms)],
    [
      "the database's clock",
      (nowMs: number) => void clock.follow({ nowMs, requestedAtMs: 0, respondedAtMs: 0 }),
    ],
  ])('forgets nothing because %s jumps ahead and back', (_which, set) => {
    const [now, later] = [1_800_000_000_000, 1_800_000_000_000 + 15 * 86_400_000];
    set(now);
    const revoked = new RevokedSessions(10, clock);
    revoked.add(ended('a'), 1000);
    revoked.add(raised('b', 2), 1000);
    set(later);
    revoked.forgetExpired();
    set(now);
    expect([revoked.status('a', 0), revoked.status('b', 1)]).toEqual(['ended', 'outdated']);
  });

  it('lists every entry once, also one that is added or becomes stricter meanwhile', () => {
    const revoked = new RevokedSessions(10, clock);
    revoked.add(ended('a'), 1000);
    revoked.add(raised('b', 2), 1000);
    clock.advance({ seconds: 0.25 });
    const entries = revoked.entries();
    const first = entries.next().value;
    revoked.add(ended('c'), 1000);
    revoked.add(raised('d', 3), 1000);
    expect([first, ...entries]).toEqual([
      { id: 'a', lowestEpoch: null, expiresInMs: 750 },
      { id: 'c', lowestEpoch: null, expiresInMs: 1000 },
      { id: 'b', lowestEpoch: 2, expiresInMs: 750 },
      { id: 'd', lowestEpoch: 3, expiresInMs: 1000 },
    ]);
  });

  it.each([
    ['a token of this epoch and these claims', 'live', 'a', 1, 2],
    ['one of a lower epoch', 'outdated', 'a', 0, 2],
    ['one of older claims', 'outdated', 'a', 1, 1],
    ['one that does not depend on claims', 'live', 'a', 1, undefined],
    ['one of older claims whose session has ended', 'ended', 'z', 1, 1],
  ])('finds %s %s', (_which, status, sessionId, epoch, claimsVersion) => {
    const revoked = new RevokedSessions(10, clock);
    revoked.add(raised('a', 1), 1000);
    revoked.add(raised('ada', 2), 1000);
    revoked.add(ended('z'), 1000);
    const token = { sessionId, epoch, userId: 'ada', claimsVersion };
    expect(revoked.statusOf(token)).toBe(status);
  });

  describe('with room for two', () => {
    let revoked: RevokedSessions;

    beforeEach(() => {
      revoked = new RevokedSessions(2, clock);
      for (const sessionId of ['a', 'b']) revoked.add(ended(sessionId), 1000);
    });

    it('hears of the two again', () => {
      revoked.add(ended('a'), 2000);
      expect([revoked.size, revoked.isComplete]).toEqual([2, true]);
    });

    it('holds no third, and says that it is not complete', () => {
      revoked.add(ended('c'), 1000);
      expect([revoked.size, revoked.isComplete, revoked.status('c', 0)]).toEqual([
        2,
        false,
        'live',
      ]);
    });

    it('is complete again once there is room and everything was added anew', () => {
      revoked.add(ended('c'), 2000);
      clock.advance({ seconds: 1 });
      revoked.forgetExpired();
      const { losses } = revoked;
      expect(revoked.isComplete).toBe(false);
      revoked.add(ended('c'), 2000);
      revoked.recoverFrom(losses);
      expect([revoked.isComplete, revoked.status('c', 0)]).toEqual([true, 'ended']);
    });

    it('is not complete where one had no room while everything was added anew', () => {
      revoked.add(ended('c'), 2000);
      const { losses } = revoked;
      revoked.add(ended('d'), 2000);
      revoked.recoverFrom(losses);
      expect(revoked.isComplete).toBe(false);
    });
  });
});
