import type { AccessToken } from './claims.js';
import type { TokenKeys } from './token-keys.js';
import { VerifiedTokens } from './verified-tokens.js';

const TOKEN: AccessToken = {
  kind: 'access',
  userId: 'user',
  sessionId: 'session',
  epoch: 0,
  claimsVersion: 0,
  roles: [],
  claims: {},
  issuedAt: 0,
  amr: ['pwd'],
  authenticatedAt: 0,
  expiresAt: 60,
  renewUntil: 3600,
};

describe('VerifiedTokens', () => {
  it('finds what was added, by its whole text', () => {
    const tokens = new VerifiedTokens({} as TokenKeys);
    tokens.add('text', TOKEN);
    expect(tokens.find('text')).toBe(TOKEN);
    expect(tokens.find('text ')).toBeUndefined();
  });

  it('finds nothing that was verified by keys which have changed since, even if they come back', () => {
    const keys = { ofFile: {} };
    const tokens = new VerifiedTokens(keys as unknown as TokenKeys);
    tokens.add('old', TOKEN);
    const { ofFile } = keys;
    keys.ofFile = {};
    expect(tokens.find('old')).toBeUndefined();
    tokens.add('new', TOKEN);
    keys.ofFile = ofFile;
    expect(tokens.find('old')).toBeUndefined();
    expect(tokens.find('new')).toBeUndefined();
  });

  it('holds ten thousand and no more, of which the one that was not asked for longest goes first', () => {
    const tokens = new VerifiedTokens({} as TokenKeys);
    for (let number = 0; number < 10_000; number++) tokens.add(`text-${number}`, TOKEN);
    tokens.find('text-0');
    tokens.add('one more', TOKEN);
    expect([tokens.find('text-0'), tokens.find('text-1')]).toEqual([TOKEN, undefined]);
  });
});
