import { BlockList, isIPv4 } from 'node:net';
import { bareAddress } from './client-address.js';

/**
 * Returns a function that checks whether an address, with or without a port, belongs to the given
 * proxies (addresses or networks). An IPv4 address inside a 6to4 or NAT64 address does not count as
 * the proxy's.
 */
export function trusts(proxies: readonly string[]): (address: string | undefined) => boolean {
  const known = new BlockList();
  for (const proxy of proxies) add(proxy, known);
  return (address) => {
    const bare = bareAddress(address ?? '');
    return bare !== undefined && known.check(bare, familyOf(bare));
  };
}

function add(proxy: string, known: BlockList): void {
  const [address = '', prefixBits] = proxy.split('/');
  if (prefixBits === undefined) known.addAddress(address, familyOf(address));
  else known.addSubnet(address, Number(prefixBits), familyOf(address));
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}
