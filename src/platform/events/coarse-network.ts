import { isIPv4 } from 'node:net';
import { groupsOf, shortestForm } from '../address/index.js';

/**
 * The network of a client's address (`clientAddressOf`): /24 for IPv4, /48 for IPv6. It shows that
 * a client has changed its network, but does not identify a person. Null if there is no address.
 */
export function coarseNetworkOf(address: string | null): string | null {
  if (address === null) return null;
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  const groups = groupsOf(address).slice(0, 3);
  return `${shortestForm(`${groups.map((group) => group.toString(16)).join(':')}::`)}/48`;
}
