import { isIPv4 } from 'node:net';
import { groupsOf, shortestForm } from '../address/index.js';

/**
 * The network of a client's address (`clientAddressOf`): /24 of IPv4, /48 of IPv6. Enough to notice
 * that a client has moved, too little to find a person by. Null where there is no address.
 */
export function coarseNetworkOf(address: string | null): string | null {
  if (address === null) return null;
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const groups = groupsOf(address).slice(0, 3);
  return `${shortestForm(`${groups.map((group) => group.toString(16)).join(':')}::`)}/48`;
}
