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
  ])('takes the IPv4 address %s by itself', (ip, network) =>
    expect(networkOf({ ip })).toBe(network),
  );

  it('counts neighbours in IPv4 apart', () => {
    expect(networkOf({ ip: '203.0.113.7' })).not.toBe(networkOf({ ip: '203.0.113.8' }));
  });

  it.each([
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002:0:0:0:0',
    '2001:db8:1:2::1%eth0',
  ])('takes the IPv6 address %s by its /64', (ip) =>
    expect(networkOf({ ip })).toBe('2001:db8:1:2::/64'),
  );

  it('counts neighbouring /64 apart', () => {
    const [before, own, after] = ['2001:db8:1:1:ffff::1', '2001:db8:1:2::1', '2001:db8:1:3::1'].map(
      (ip) => networkOf({ ip }),
    );
    expect(new Set([before, own, after]).size).toBe(3);
  });

  it('takes all that is no address for one', () => {
    const networks = ['unknown', '_x', 'for=_x', '203.0.113.7:port', ''].map((ip) =>
      networkOf({ ip }),
    );
    expect(new Set(networks).size).toBe(1);
  });
});
