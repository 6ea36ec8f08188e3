import { hkdfSync } from 'node:crypto';
import * as sealing from '../platform/sealing/index.js';

/**
 * Encrypts the data of a mail with a key that is made from `JWT_SECRET`. Whoever can read the
 * database could otherwise ask for a link to set somebody's password, and read it here before it is
 * sent. The id belongs to it: it cannot be opened in another row.
 */
export function seal(data: object, id: string, secret: string): string {
  return sealing.seal(data, id, keyOf(secret));
}

/**
 * Decrypts what `seal` returned, with the first of the secrets that fits: while `JWT_SECRET` is
 * rotated, there are two.
 *
 * @throws if none fits
 */
export function unseal(
  sealed: string,
  id: string,
  secrets: readonly (string | undefined)[],
): object {
  const keys = secrets.filter((secret) => secret !== undefined).map(keyOf);
  const opened = sealing.unseal(sealed, id, keys);
  if (!opened) throw new Error('A mail was written with another JWT_SECRET, so it cannot be read.');
  return opened;
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'evergreen mail data', 32));
}
