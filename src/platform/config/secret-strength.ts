import { deflateRawSync } from 'node:zlib';
import { isKnownSecret } from './known-secrets.js';

/** HS256 needs a key of at least 256 bits (RFC 7518, section 3.2). */
const MINIMUM_BYTES = 32;

/**
 * 32 random hexadecimal digits compress to about 34 bytes; texts that people invent compress to far
 * less.
 */
const MINIMUM_COMPRESSED_BYTES = 24;

/**
 * Parts of secrets in tutorials, templates and starter kits, long enough not to occur in a random
 * secret.
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
 * Why this secret must not sign tokens, as the end of a sentence that begins with its name;
 * undefined if it may.
 */
export function signingSecretWeakness(secret: string): string | undefined {
  if (isUuid(secret)) return 'is a UUID, of which 122 bits at most are random';
  if (isShortHex(secret)) return `is hexadecimal of fewer than ${MINIMUM_BYTES} bytes`;
  return secretWeakness(secret);
}

/** The same for any other secret, such as that of the webhook. */
export function secretWeakness(secret: string): string | undefined {
  if (Buffer.byteLength(secret) < MINIMUM_BYTES) return `is shorter than ${MINIMUM_BYTES} bytes`;
  if (isWellKnown(secret)) return 'is a known placeholder';
  if (isKnownSecret(secret)) return 'is on a list of published secrets';
  if (isEncodedText(secret)) return 'is an encoded text';
  if (isPredictable(secret)) return 'is too regular to be random';
  return undefined;
}

function isUuid(secret: string): boolean {
  return /^\W?[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\W?$/i.test(secret);
}

function isShortHex(secret: string): boolean {
  return isHex(secret) && secret.length < 2 * MINIMUM_BYTES;
}

/** Random bytes are almost never all printable. A good secret may itself be encoded. */
function isEncodedText(secret: string): boolean {
  if (isHex(secret)) return isPrintable(Buffer.from(secret, 'hex'));
  if (!/^[\w+/-]+={0,2}$/.test(secret)) return false;
  const bytes = Buffer.from(secret, 'base64');
  return isPrintable(bytes) && isWeakText(bytes.toString());
}

function isWeakText(text: string): boolean {
  return text.includes(' ') || signingSecretWeakness(text) !== undefined;
}

function isHex(text: string): boolean {
  return /^[\da-f]+$/i.test(text);
}

function isPrintable(bytes: Buffer): boolean {
  return bytes.every((byte) => byte >= 0x20 && byte < 0x7f);
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
