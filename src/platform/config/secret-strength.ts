import { deflateRawSync } from 'node:zlib';

/** HS256 needs a key of at least 256 bits (RFC 7518, section 3.2). */
const MINIMUM_BYTES = 32;

/**
 * 32 random hexadecimal digits compress to about 34 bytes; what people invent to fill a length
 * compresses to far less.
 */
const MINIMUM_COMPRESSED_BYTES = 24;

/**
 * Parts of secrets that stand in tutorials, templates and starter kits. Long enough not to occur in
 * a random secret.
 */
const WELL_KNOWN_PARTS = [
  'changeme',
  'changethis',
  'replaceme',
  'replacethis',
  'yoursecret',
  'your256bit',
  'your512bit',
  'yourjwt',
  'yoursuper',
  'yourverystrong',
  'mysecret',
  'myjwtsecret',
  'jwtsecret',
  'supersecret',
  'topsecret',
  'secretkey',
  'secretsecret',
  'notsosecret',
  'verysecret',
  'averylong',
  'atleast32',
  'placeholder',
  'insertyour',
  'enteryour',
  'generateme',
  'donotuse',
  'forproduction',
  'development',
  'passwordpassword',
  'keyboardcat',
  'shhhhhh',
  'loremipsum',
  'helloworld',
  'qwertyuiop',
  'asdfghjkl',
  'examplekey',
  'examplesecret',
  'stringsecret',
  'replacewith',
  'atleast256',
  'ultrasecure',
  'strongsecret',
  'realsecret',
  'fortesting',
  '1qaz2wsx',
  // The keys of the FastAPI documentation and of the Spring tutorials.
  '09d25e094faa6ca2556c818166b7a956',
  '404e635266556a586e3272357538782f',
];

/**
 * Why this signing secret must not be used, as the end of a sentence that begins with its name;
 * undefined where it may.
 */
export function secretWeakness(secret: string): string | undefined {
  if (Buffer.byteLength(secret) < MINIMUM_BYTES) return `is shorter than ${MINIMUM_BYTES} bytes`;
  if (isWellKnown(secret)) return 'is a known placeholder';
  if (isPredictable(secret)) return 'is too regular to be random';
  return undefined;
}

function isWellKnown(secret: string): boolean {
  const letters = secret.toLowerCase().replace(/[^a-z0-9]/g, '');
  return WELL_KNOWN_PARTS.some((part) => letters.includes(part));
}

function isPredictable(secret: string): boolean {
  const bytes = Buffer.from(secret);
  const steps = bytes.map((byte, index) => byte - (bytes[index - 1] ?? 0));
  return [bytes, steps].some(
    (sequence) => deflateRawSync(sequence, { level: 9 }).length < MINIMUM_COMPRESSED_BYTES,
  );
}
