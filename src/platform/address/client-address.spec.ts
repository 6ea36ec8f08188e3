import { bareAddress, clientAddressOf } from './client-address.js';

describe('clientAddressOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:5678', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['0:0:0:0:0:ffff:cb00:7107', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:5678', '203.0.113.7'],
    ['2002:cb00:7107::1', '203.0.113.7'],
    ['2002:cb00:7107:ffff:1:2:3:4', '203.0.113.7'],
    ['64:ff9b::203.0.113.7', '203.0.113.7'],
    ['64:ff9b::cb00:7107', '203.0.113.7'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['2001:0DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
    ['64:ff9b:1::cb00:7107', '64:ff9b:1::cb00:7107'],
  ])('of %s is %s', (ip, address) => {
    expect(clientAddressOf({ ip })).toBe(address);
  });

  it.each([
    '',
    'unknown',
    '_x',
    'for=_x',
    'localhost',
    '203.0.113',
    '203.0.113.256',
    '203.0.113.7:',
    '203.0.113.7:port',
    '203.0.113.7 ',
    '0xcb.0.113.7',
    '[203.0.113.7',
    '[::1]x',
    '1:2:3',
    '::1'.padEnd(200, '%'),
  ])('is none where a proxy reports %j', (ip) => {
    expect(clientAddressOf({ ip })).toBeNull();
  });

  it('is none where the connection is gone', () => {
    expect(clientAddressOf({ ip: undefined as unknown as string })).toBeNull();
  });
});

describe('bareAddress', () => {
  it('leaves an address of a tunnel as it is', () => {
    expect(bareAddress('2002:a00:1::1')).toBe('2002:a00:1::1');
  });
});
