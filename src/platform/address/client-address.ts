import { isIPv4, isIPv6 } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';

/** The longest of IPv6 with brackets, zone and port; what is longer is no address. */
const MAX_CHARACTERS = 100;

/** An address of IPv4 as it is written in the last two groups of one of IPv6. */
const EMBEDDED_AT = 6;

/** Of `2002::/16` (6to4, RFC 3056): the two groups after it are the address of IPv4. */
const SIX_TO_FOUR = 0x2002;

/** `64:ff9b::/96` (NAT64, RFC 6052): what a translator makes of an address of IPv4. */
const NAT64 = '64:ff9b:0:0:0:0';

/**
 * Where a request comes from: the one reading of a client's address that limits, records and
 * anomalies go by. An address of IPv4 in whatever way it is written or carried in IPv6 is that
 * address, so nobody gets a further limit for a port or a prefix of their choice.
 *
 * Null where a trusted proxy reports what is no address, such as `unknown` or an obfuscated
 * `_hidden` (RFC 7239, section 6); for limits all of these are one network.
 */
export function clientAddressOf({ ip }: Pick<FastifyRequest, 'ip'>): string | null {
  // Node has none where the connection is gone already.
  const text = ip as string | undefined;
  if (text === undefined || text.length > MAX_CHARACTERS) return null;
  return isIPv4(text) ? text : (read.memo(text).address ?? null);
}

/**
 * An address as it stands in `X-Forwarded-For`, without port, brackets and zone; one of IPv4 that
 * is mapped into IPv6 (`::ffff:192.0.2.1`) is that of IPv4. Undefined where it is none.
 */
export function bareAddress(text: string): string | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  if (isIPv4(text)) return text;
  const [, inBrackets, withPort] =
    /^(?:\[([^\]]+)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(text) ?? [];
  const address = (inBrackets ?? withPort ?? text).replace(/%.*$/, '');
  if (isIPv4(address)) return address;
  return isIPv6(address) ? (mappedIn(address) ?? address) : undefined;
}

/** The eight groups of an address of IPv6. */
export function groupsOf(address: string): number[] {
  const [before = [], after = []] = shortestForm(address)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
}

/** An IPv6 address has many spellings; this is the one of RFC 5952. */
export function shortestForm(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** What is no plain IPv4 takes longer to read than all else that a refresh does with it. */
const read = new LRUCache<string, { readonly address?: string }>({
  max: 1000,
  memoMethod: (text) => ({ address: untunnelled(bareAddress(text)) }),
});

function untunnelled(address: string | undefined): string | undefined {
  if (address === undefined || isIPv4(address)) return address;
  const groups = groupsOf(address);
  if (groups[0] === SIX_TO_FOUR) return ipv4At(1, groups);
  if (hexOf(groups.slice(0, EMBEDDED_AT)) === NAT64) return ipv4At(EMBEDDED_AT, groups);
  return shortestForm(address);
}

function mappedIn(address: string): string | undefined {
  const groups = groupsOf(address);
  return hexOf(groups.slice(0, EMBEDDED_AT)) === '0:0:0:0:0:ffff'
    ? ipv4At(EMBEDDED_AT, groups)
    : undefined;
}

function ipv4At(place: number, groups: readonly number[]): string {
  return groups
    .slice(place, place + 2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
