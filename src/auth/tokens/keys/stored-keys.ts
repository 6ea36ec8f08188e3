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
 * A key in the key file: a JWK (RFC 7517) with the times that rotation needs. A key without the
 * private part `d` only verifies. Unknown members are preserved.
 */
export type StoredKey = z.output<typeof storedKey>;

/** A stored key with a known creation time. */
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
 * Parses a key file, a JWKS.
 *
 * @throws KeyFileError that names every invalid member, and no value: values are secrets
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
 * Writes a key file that only its owner can read. A concurrent reader gets the complete old text or
 * the complete new one.
 */
export function writeStoredKeys(file: string, keys: readonly StoredKey[]): void {
  writePrivateFile(file, `${JSON.stringify({ keys }, null, 2)}\n`);
}
