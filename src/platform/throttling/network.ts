import { normalizeIp } from '@nestjs/throttler';
import { clientAddressOf } from '../address/index.js';

/**
 * The smallest IPv6 network that a provider gives to one customer. The customer can use all of its
 * addresses.
 */
const IPV6_PREFIX_BITS = 64;

/**
 * The network that a request is counted by: the address itself for IPv4, its /64 for IPv6. All
 * requests without an address count as one network.
 */
export function networkOf(request: { readonly ip: string }): string {
  const address = clientAddressOf(request);
  return address === null ? 'unknown' : normalizeIp(address, IPV6_PREFIX_BITS);
}
