/**
 * An address of which its owner recognises their own, and from which nobody else learns it, such as
 * `a***@example.com`.
 */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, 1)}***${address.slice(at)}`;
}
