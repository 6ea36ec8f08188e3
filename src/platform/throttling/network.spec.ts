import { networkOf } from './network.js';

describe('networkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['127.0.0.1', '127.0.0.1'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
    ['203.0.113.7:5678', '203.0.113.7'],
    ['2002:cb00:7107::1', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '203.0.113.7'],
  ])('is the address itself for the IPv4 address %s', (ip, network) =>
    expect(networkOf({ ip })).toBe(network),
  );

  it('differs for two adjacent IPv4 addresses', () => {
    expect(networkOf({ ip: '203.0.113.7' })).not.toBe(networkOf({ ip: '203.0.113.8' }));
  });

  it.each([
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002:0:0:0:0',
    '2001:db8:1:2::1%eth0',
  ])('is the /64 of the IPv6 address %s', (ip) =>
    expect(networkOf({ ip })).toBe('2001:db8:1:2::/64'),
  );

  it('differs for adjacent /64 networks', () => {
    const [before, own, after] = ['2001:db8:1:1:ffff::1', '2001:db8:1:2::1', '2001:db8:1:3::1'].map(
      (ip) => networkOf({ ip }),
    );
    expect(new Set([before, own, after]).size).toBe(3);
  });

  it('is the same for everything that is no address', () => {
    const networks = ['unknown', '_x', 'for=_x', '203.0.113.7:port', ''].map((ip) =>
      networkOf({ ip }),
    );
    expect(new Set(networks).size).toBe(1);
  });
});
