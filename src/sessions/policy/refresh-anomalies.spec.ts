import {
  isAnotherClient,
  isOneReissueTooMany,
  MAX_REISSUED_A_MINUTE,
} from './refresh-anomalies.js';

describe('isOneReissueTooMany', () => {
  it.each([
    [0, false],
    [MAX_REISSUED_A_MINUTE - 1, false],
    [MAX_REISSUED_A_MINUTE, true],
    [MAX_REISSUED_A_MINUTE + 1, false],
  ])('after %d within the minute: %j', (earlier, isTooMany) => {
    expect(isOneReissueTooMany(earlier)).toBe(isTooMany);
  });
});

describe('isAnotherClient', () => {
  it.each([
    ['the same device', 'device:a', 'device:a', false],
    ['another device', 'device:a', 'device:b', true],
    ['the same browser', 'agent:a', 'agent:a', false],
    ['another browser', 'agent:a', 'agent:b', true],
    ['an app that has begun to send a device id', 'agent:a', 'device:b', false],
    ['a client that says nothing any more', 'device:a', 'none', false],
    ['a client that never said anything', 'none', 'none', false],
    ['a session of which nothing is known', null, 'device:a', false],
  ])('%s', (_case, usual, fingerprint, isAnother) => {
    expect(isAnotherClient(usual, fingerprint)).toBe(isAnother);
  });
});
