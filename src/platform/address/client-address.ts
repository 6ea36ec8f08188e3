import { isIPv4, isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';

/** The longest IPv6 address with brackets, zone and port; a longer text is not an address. */
const MAX_CHARACTERS = 100;

/** The index of the last two groups of an IPv6 address, which may contain an IPv4 address. */
const EMBEDDED_AT = 6;

/** `2002::/16` (6to4, RFC 3056): the next two groups are an IPv4 address. */
const SIX_TO_FOUR = 0x2002;

/** `64:ff9b::/96` (NAT64, RFC 6052): a translated IPv4 address. */
const NAT64 = '64:ff9b:0:0:0:0';

/**
 * The client's address, the only one that limits, records and anomalies use. All notations of an
 * IPv4 address, also within IPv6, give the same address, so that nobody gets a separate limit by
 * adding a port or a prefix.
 *
 * Null if a trusted proxy reports something else, such as `unknown` or an obfuscated `_hidden` (RFC
 * 7239, section 6). For limits, all such clients are one network.
 */
export function clientAddressOf({ ip }: { readonly ip: string }): string | null {
  // Node has no address if the connection is already closed.
  const text = ip as string | undefined;
  if (text === undefined || text.length > MAX_CHARACTERS) return null;
  return isIPv4(text) ? text : (read.memo(text).address ?? null);
}

/**
 * An address from `X-Forwarded-For`, without port, brackets and zone. An IPv4-mapped IPv6 address
 * (`::ffff:192.0.2.1`) becomes the IPv4 address. Undefined if the text is not an address.
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

/** The eight groups of an IPv6 address. */
export function groupsOf(address: string): number[] {
  const [before = [], after = []] = shortestForm(address)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].map((group) => parseInt(group, 16));
}

/** The canonical text of an IPv6 address (RFC 5952). */
export function shortestForm(address: string): string {
  return new URL(`http://[${address}]`).hostname.slice(1, -1);
}

/** A cache: parsing an IPv6 address takes longer than everything else a refresh does with it. */
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

function ipv4At(at: number, groups: readonly number[]): string {
  return groups
    .slice(at, at + 2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

function hexOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':');
}
