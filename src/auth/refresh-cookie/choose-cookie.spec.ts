import { chooseCookie } from './choose-cookie.js';

const cookie = (sessionId: string, issuedAt: number) => ({
  token: `${sessionId}-${issuedAt}`,
  sessionId,
  issuedAt,
});

describe('chooseCookie', () => {
  type Place = readonly [sessionId: string, issuedAt: number];

  it.each<[string, Place, Place, string | undefined, string | undefined]>([
    ['the newest of one session', ['mine', 1], ['mine', 2], undefined, 'mine-2'],
    ['none of two sessions', ['mine', 1], ['theirs', 2], undefined, undefined],
    ["that of the page's session", ['mine', 1], ['theirs', 2], 'mine', 'mine-1'],
    ["none of two that are not the page's", ['a', 1], ['theirs', 2], 'mine', undefined],
    ["one that is not the page's, if all are of it", ['a', 1], ['a', 2], 'mine', 'a-2'],
  ])('takes %s', (_, first, second, page, chosen) => {
    const cookies = [cookie(...first), cookie(...second)];
    expect(chooseCookie(cookies, page)?.token).toBe(chosen);
    expect(chooseCookie(cookies.toReversed(), page)?.token).toBe(chosen);
  });
});
