import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts the data of a mail with a key that is made from `JWT_SECRET`. Whoever can read the
 * database could otherwise ask for a link to set somebody's password, and read it here before it is
 * sent. The id belongs to it: it cannot be opened in another row.
 */
export function seal(data: object, id: string, secret: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, keyOf(secret), nonce).setAAD(Buffer.from(id));
  const text = Buffer.concat([cipher.update(JSON.stringify(data), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
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
  for (const secret of secrets) {
    const opened = secret === undefined ? undefined : tryToOpen(sealed, id, secret);
    if (opened !== undefined) return JSON.parse(opened) as object;
  }
  throw new Error('A mail was written with another JWT_SECRET, so it cannot be read.');
}

function tryToOpen(sealed: string, id: string, secret: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, keyOf(secret), nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}

function keyOf(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'evergreen mail data', 32));
}
