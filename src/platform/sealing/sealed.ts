import { createCipheriv, createDecipheriv, randomBytes, type CipherKey } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts data as JSON with a key of 256 bits, and authenticates it together with an id: it cannot
 * be opened as that of another id.
 */
export function seal(data: object, id: string, key: CipherKey): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(id));
  const text = Buffer.concat([cipher.update(JSON.stringify(data), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url');
}

/**
 * Decrypts what `seal` returned, with the first of the keys that fits: while `JWT_SECRET` is
 * rotated, there are two. Undefined if none fits.
 */
export function unseal(sealed: string, id: string, keys: readonly CipherKey[]): object | undefined {
  for (const key of keys) {
    const opened = tryToOpen(sealed, id, key);
    if (opened !== undefined) return JSON.parse(opened) as object;
  }
  return undefined;
}

function tryToOpen(sealed: string, id: string, key: CipherKey): string | undefined {
  const bytes = Buffer.from(sealed, 'base64url');
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const text = bytes.subarray(NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
  } catch {
    return undefined;
  }
}
