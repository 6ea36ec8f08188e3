import { trusts } from './proxies.js';

describe('trusts', () => {
  const isTrusted = trusts(['127.0.0.1', '10.0.0.0/8', '2001:db8::/32']);

  it.each([
    '127.0.0.1',
    '::ffff:127.0.0.1',
    '10.0.0.0',
    '10.255.255.255',
    '10.1.2.3:8080',
    '[::ffff:10.1.2.3]:8080',
    '2001:db8::1',
    '[2001:db8:ffff::1]:443',
  ])('one of the proxies: %s', (address) => expect(isTrusted(address)).toBe(true));

  it.each([
    undefined,
    '',
    'unknown',
    '127.0.0.2',
    '9.255.255.255',
    '11.0.0.0',
    '2001:db9::1',
    '::1',
    '2002:a01:203::1',
    '64:ff9b::10.1.2.3',
  ])('nobody else: %s', (address) => expect(isTrusted(address)).toBe(false));
});
