import { createSecretKey } from 'node:crypto';
import { isGoodNonce, newNonce, nonceValidity } from './nonces.js';

const key = createSecretKey(Buffer.alloc(32, 1));
const otherKey = createSecretKey(Buffer.alloc(32, 2));
const BUCKET_MS = 60_000;
const BEGIN_MS = 29_000_000 * BUCKET_MS;
const nonce = newNonce(key, BEGIN_MS);

describe('newNonce', () => {
  it('is the same on all instances for a bucket of 60 seconds', () => {
    expect(newNonce(key, BEGIN_MS - 1)).not.toBe(nonce);
    expect(newNonce(key, BEGIN_MS + BUCKET_MS - 1)).toBe(nonce);
    expect(newNonce(key, BEGIN_MS + BUCKET_MS)).not.toBe(nonce);
  });

  it('can be sent in a header, and is short', () => {
    expect(nonce).toMatch(/^[\w-]{22}$/);
  });
});

describe('isGoodNonce', () => {
  it.each([
    [-BUCKET_MS - 1, false],
    [-BUCKET_MS, true],
    [0, true],
    [1, true],
    [3 * BUCKET_MS - 1, true],
    [3 * BUCKET_MS, false],
    [3 * BUCKET_MS + 1, false],
  ])('%d ms after the begin of its bucket: %p', (afterMs, isGood) => {
    expect(isGoodNonce(nonce, [key], BEGIN_MS + afterMs)).toBe(isGood);
  });

  it('accepts nonces of the previous key while keys rotate', () => {
    expect(isGoodNonce(nonce, [otherKey, key], BEGIN_MS)).toBe(true);
    expect(isGoodNonce(nonce, [otherKey], BEGIN_MS)).toBe(false);
    expect(isGoodNonce(nonce, [], BEGIN_MS)).toBe(false);
  });

  it.each([
    ['an empty text', ''],
    ['a character less', nonce.slice(1)],
    ['a character more', `${nonce}A`],
    ['padding', `${nonce}==`],
    ['a blank', ` ${nonce}`],
    ['a line break', `${nonce}\n`],
    ['another spelling of its last byte', `${nonce.slice(0, -1)}B`],
    ['zeros', 'A'.repeat(22)],
    ['no ASCII', 'é'.repeat(22)],
    ['a long text', 'A'.repeat(100_000)],
  ])('refuses %s', (_case, text) => {
    expect(isGoodNonce(text, [key], BEGIN_MS)).toBe(false);
  });

  it('refuses a nonce of which one bit is another', () => {
    const bytes = Buffer.from(nonce, 'base64url');
    const flipped = Array.from({ length: bytes.length * 8 }, (_none, at) =>
      bytes.with(at >> 3, (bytes[at >> 3] ?? 0) ^ (1 << (at & 7))),
    );
    const good = flipped.filter((some) =>
      isGoodNonce(Buffer.from(some).toString('base64url'), [key], BEGIN_MS),
    );
    expect(good).toEqual([]);
  });
});

describe('nonceValidity', () => {
  it('is three buckets and the one before, also of a nonce whose time is not now', () => {
    const period = { startMs: BEGIN_MS - BUCKET_MS, endMs: BEGIN_MS + 3 * BUCKET_MS };
    expect(nonceValidity(nonce, [key])).toEqual(period);
    expect(nonceValidity(nonce, [otherKey])).toBeUndefined();
  });
});
