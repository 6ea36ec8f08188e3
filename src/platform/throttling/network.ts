import { normalizeIp } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { clientAddressOf } from '../address/index.js';

/**
 * What one customer of a provider has of IPv6, at the least: whoever has one address of it has them
 * all.
 */
const IPV6_PREFIX_BITS = 64;

/**
 * The network that a request is counted by: an IPv4 address by itself, of IPv6 the /64. What brings
 * no address is one network together.
 */
export function networkOf(request: Pick<FastifyRequest, 'ip'>): string {
  const address = clientAddressOf(request);
  return address === null ? 'unknown' : normalizeIp(address, IPV6_PREFIX_BITS);
}
