import {
  isNewDevice,
  isOneTooMany,
  recentOtherNetwork,
  type KnownClient,
} from './sign-in-anomalies.js';

const MINUTE_MS = 60_000;
const HOME = '203.0.113.0/24';
const AWAY = '198.51.100.0/24';

const signIn = { fingerprint: 'device:phone', network: AWAY, occurredAt: new Date(0) };
const knownClient = (changes: Partial<KnownClient> = {}): KnownClient => ({
  fingerprint: 'device:laptop',
  network: HOME,
  lastSeenAt: -1,
  ...changes,
});

describe('isNewDevice', () => {
  it.each([
    ['the first sign-in of all', [], false],
    ['a device that was never used', [knownClient()], true],
    [
      'a device that was used',
      [knownClient(), knownClient({ fingerprint: 'device:phone' })],
      false,
    ],
    [
      'a device that was used elsewhere, long ago',
      [knownClient({ fingerprint: 'device:phone', lastSeenAt: -1e12 })],
      false,
    ],
    [
      'a client that says another kind of thing of itself',
      [knownClient({ fingerprint: 'agent:phone' })],
      true,
    ],
  ])('%s', (_case, known, isNew) => {
    expect(isNewDevice(signIn, known)).toBe(isNew);
  });
});

describe('recentOtherNetwork', () => {
  it.each([
    [10 * MINUTE_MS - 1, HOME],
    [10 * MINUTE_MS, undefined],
    [10 * MINUTE_MS + 1, undefined],
  ])('%d ms after a sign-in from home: %s', (ago, left) => {
    expect(recentOtherNetwork(signIn, [knownClient({ lastSeenAt: -ago })])).toBe(left);
  });

  it.each([
    ['the first sign-in of all', []],
    ['the same network', [knownClient({ network: AWAY })]],
    [
      'a network that was used before',
      [knownClient(), knownClient({ network: AWAY, lastSeenAt: -1e12 })],
    ],
    ['a network that is not known', [knownClient({ network: null })]],
  ])('is none for %s', (_case, known) => {
    expect(recentOtherNetwork(signIn, known)).toBeUndefined();
  });

  it('is none for a client whose address is not known', () => {
    expect(recentOtherNetwork({ ...signIn, network: null }, [knownClient()])).toBeUndefined();
  });

  it('goes by the latest sign-in', () => {
    const office = knownClient({ network: '192.0.2.0/24', lastSeenAt: -MINUTE_MS });
    expect(recentOtherNetwork(signIn, [knownClient({ lastSeenAt: -2 * MINUTE_MS }), office])).toBe(
      '192.0.2.0/24',
    );
    expect(recentOtherNetwork(signIn, [office, knownClient({ lastSeenAt: -2 * MINUTE_MS })])).toBe(
      '192.0.2.0/24',
    );
  });
});

describe('isOneTooMany', () => {
  it.each([
    ['below the limit', 'c', ['a'], false],
    ['at the limit', 'b', ['a'], false],
    ['one above it', 'c', ['a', 'b'], true],
    ['above it, for the second time', 'd', ['a', 'b', 'c'], false],
    ['one that was counted already', 'b', ['a', 'b'], false],
    ['one above it, where some were repeated', 'c', ['a', 'b', 'a', 'b'], true],
  ])('%s', (_case, value, earlier, isTooMany) => {
    expect(isOneTooMany(value, earlier, 2)).toBe(isTooMany);
  });
});
