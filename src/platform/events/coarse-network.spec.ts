import { coarseNetworkOf } from './coarse-network.js';

describe('coarseNetworkOf', () => {
  it.each([
    ['203.0.113.7', '203.0.113.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['2001:db8:12:3456:789a:bcde:f012:3456', '2001:db8:12::/48'],
    ['2001:db8::1', '2001:db8::/48'],
    ['2001::12:3456:789a:bcde:f012:3456', '2001:0:12::/48'],
    ['fe80::1', 'fe80::/48'],
    ['::1', '::/48'],
  ])('of %s is %s', (address, network) => {
    expect(coarseNetworkOf(address)).toBe(network);
  });

  it('of no address is unknown', () => {
    expect(coarseNetworkOf(null)).toBeNull();
  });
});
