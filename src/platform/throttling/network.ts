import { normalizeIp } from '@nestjs/throttler';

/**
 * What one customer of a provider has of IPv6, at the least: whoever has one address of it has them
 * all.
 */
const IPV6_PREFIX_BITS = 64;

/**
 * The network that an address is counted by: an IPv4 address by itself, also where it is written as
 * IPv6; of IPv6 the /64.
 */
export function networkOf(ip: string): string {
  return normalizeIp(ip, IPV6_PREFIX_BITS);
}
