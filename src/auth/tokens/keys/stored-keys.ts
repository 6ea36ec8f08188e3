import { z } from 'zod';
import { writePrivateFile } from '../../../platform/files/index.js';

const bytes32 = z.string('is missing').regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url');
const instant = z.iso.datetime('must be an instant such as 2026-01-31T12:00:00Z');

const storedKey = z.looseObject({
  kid: z.string('is missing').min(1, 'is missing'),
  alg: z.literal('ES256', 'must be ES256'),
  use: z.literal('sig', 'must be sig').optional(),
  kty: z.literal('EC', 'must be EC'),
  crv: z.literal('P-256', 'must be P-256'),
  x: bytes32,
  y: bytes32,
  d: bytes32.optional(),
  created_at: instant.optional(),
  retired_at: instant.optional(),
});

/**
 * A key as its file holds it: a JWK (RFC 7517), with the instants that rotation goes by. Without
 * its private part `d` it only verifies. Members that we do not know are kept.
 */
export type StoredKey = z.output<typeof storedKey>;

/** A stored key of which it is known since when it has been in its file. */
export type DatedKey = StoredKey & { readonly created_at: string };

const storedKeys = z
  .looseObject(
    { keys: z.array(storedKey, 'must be a list').min(1, 'must hold a key') },
    'must be an object',
  )
  .refine(({ keys }) => new Set(keys.map(({ kid }) => kid)).size === keys.length, {
    path: ['keys'],
    message: 'must not repeat a kid',
  })
  .refine(({ keys: [first] }) => !first || first.d !== undefined, {
    path: ['keys', 0, 'd'],
    message: 'is missing, and the first key signs',
  });

/** The file of keys cannot be used. The message gives the reason. */
export class KeyFileError extends Error {}

/**
 * Reads the text of a file of keys, a JWKS.
 *
 * @throws KeyFileError that names every member at fault, and no value: values are secrets.
 */
export function parseStoredKeys(text: string): readonly StoredKey[] {
  const { data, error } = storedKeys.safeParse(parseJson(text));
  if (data) return data.keys;
  throw new KeyFileError(
    error.issues.map(({ path, message }) => `${path.join('.') || 'it'} ${message}`).join(', '),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyFileError('it is not JSON');
  }
}

/**
 * Writes a file of keys for its owner alone to read. Whoever reads it meanwhile finds the old text
 * or the new one, whole.
 */
export function writeStoredKeys(file: string, keys: readonly StoredKey[]): void {
  writePrivateFile(file, `${JSON.stringify({ keys }, null, 2)}\n`);
}
