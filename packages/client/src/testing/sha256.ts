import { encodeBytes } from './base64url.js';

const ROUNDS = 64;
const BLOCK_BYTES = 64;
const PRIMES = firstPrimes(ROUNDS);
const ROUND_CONSTANTS = PRIMES.map((prime) => fractionBits(Math.cbrt(prime)));
const INITIAL_HASH = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));

/**
 * SHA-256 (FIPS 180-4) of a text of ASCII, in base64url. WebCrypto has it, but responds when it
 * likes: a test by a fake clock waits for promises, and not for threads.
 */
export function sha256(text: string): string {
  return encodeBytes(hashOf(Uint8Array.from(text, (character) => character.charCodeAt(0))));
}

/** SHA-256 (FIPS 180-4). */
export function hashOf(bytes: Uint8Array): Uint8Array {
  const message = padded(bytes);
  let hash = INITIAL_HASH;
  for (let at = 0; at < message.byteLength; at += BLOCK_BYTES) hash = compressed(hash, message, at);
  const result = new DataView(new ArrayBuffer(32));
  hash.forEach((word, index) => result.setUint32(4 * index, word));
  return new Uint8Array(result.buffer);
}

function padded(bytes: Uint8Array): DataView {
  const blocks = Math.ceil((bytes.length + 9) / BLOCK_BYTES);
  const message = new Uint8Array(blocks * BLOCK_BYTES);
  message.set(bytes);
  message[bytes.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(message.length - 4, bytes.length * 8);
  return view;
}

function compressed(before: readonly number[], message: DataView, start: number): number[] {
  const words = schedule(message, start);
  let [a, b, c, d, e, f, g, h] = before as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (let round = 0; round < ROUNDS; round++) {
    const constant = (ROUND_CONSTANTS[round] ?? 0) + (words[round] ?? 0);
    const sum = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const first = (h + sum + ((e & f) ^ (~e & g)) + constant) | 0;
    const second =
      ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  return [a, b, c, d, e, f, g, h].map((word, index) => (word + (before[index] ?? 0)) | 0);
}

function schedule(message: DataView, start: number): number[] {
  const words: number[] = [];
  const word = (index: number) => words[index] ?? 0;
  for (let index = 0; index < ROUNDS; index++) {
    const [near, far] = [word(index - 2), word(index - 15)];
    words.push(
      index < 16
        ? message.getInt32(start + 4 * index)
        : ((rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10)) +
            word(index - 7) +
            (rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3)) +
            word(index - 16)) |
            0,
    );
  }
  return words;
}

function rotated(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

/** The first 32 bits of the fractional part, by which FIPS 180-4 defines its constants. */
function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32);
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < count; candidate++)
    if (primes.every((prime) => candidate % prime !== 0)) primes.push(candidate);
  return primes;
}
