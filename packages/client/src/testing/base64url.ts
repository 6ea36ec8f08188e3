/** Bytes in base64url without padding (RFC 4648, section 5). */
export function encodeBytes(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .replace(/=+$/, '');
}

/** A text of ASCII in base64url. */
export function encodeText(text: string): string {
  return encodeBytes(Uint8Array.from(text, (character) => character.charCodeAt(0)));
}

/** @throws Error where it is not base64 */
export function decodeText(text: string): string {
  return atob(text.replace(/-/g, '+').replace(/_/g, '/'));
}
