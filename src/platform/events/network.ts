import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address: /24 of IPv4, /48 of IPv6. Enough to notice that a client has moved,
 * too little to find a person by. Null where there is no address.
 */
export function networkOf(address: string | null): string | null {
  const bare = (address ?? '').replace(/^::ffff:(?=[\d.]+$)/i, '').replace(/%.*$/, '');
  if (isIPv4(bare)) return `${bare.split('.').slice(0, 3).join('.')}.0/24`;
  if (isIPv6(bare)) return `${shortest(`${firstGroups(shortest(bare), 3).join(':')}::`)}/48`;
  return null;
}

/** An IPv6 address has many spellings; this is the one of RFC 5952. */
function shortest(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

function firstGroups(address: string, count: number): string[] {
  const [before = [], after = []] = address
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].slice(0, count);
}
