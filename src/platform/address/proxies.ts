import { BlockList, isIPv4 } from 'node:net';
import { bareAddress } from './client-address.js';

/**
 * Whether an address is one of one's own proxies, of which each is given by its address or network.
 * With or without a port; an address within a tunnel is the tunnel's and not the proxy's.
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
