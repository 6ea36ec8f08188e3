import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** Every instance with the same secret makes the same nonce for a whole bucket. */
const BUCKET_MS = 60_000;

/** The bucket of a nonce and the two after it: between two and three minutes. */
const GOOD_BUCKETS = 3;

/**
 * The nonce of an instance whose clock is a little ahead is from a bucket that has not begun here.
 * Without this, a client whose own clock is wrong would be asked for a nonce twice.
 */
const GOOD_BUCKETS_BEFORE = 1;

const BUCKET_BYTES = 4;

/** 96 bits that nobody can guess within the three minutes in which the guess would be of use. */
const CODE_BYTES = 12;

const NONCE = /^[\w-]{21}[AQgw]$/;

/**
 * A nonce (RFC 9449, section 8) that no instance has to remember: a bucket of 60 seconds, and its
 * HMAC, which shows that one of our instances has made it. 22 characters.
 */
export function newNonce(key: KeyObject, nowMs: number): string {
  return nonceOf(bucketAt(nowMs), key).toString('base64url');
}

/** From its start on, and before its end, in epoch milliseconds. */
export interface Period {
  readonly startMs: number;
  readonly endMs: number;
}

/** Whether one of the keys has made the nonce, and its time is now. */
export function isGoodNonce(nonce: string, keys: readonly KeyObject[], nowMs: number): boolean {
  const period = nonceValidity(nonce, keys);
  return period !== undefined && isWithin(period, nowMs);
}

/** When a nonce is good; undefined if none of the keys has made it. */
export function nonceValidity(nonce: string, keys: readonly KeyObject[]): Period | undefined {
  if (!NONCE.test(nonce) || !isGenuine(nonce, keys)) return undefined;
  const beginMs = Buffer.from(nonce, 'base64url').readUInt32BE() * BUCKET_MS;
  return {
    startMs: beginMs - GOOD_BUCKETS_BEFORE * BUCKET_MS,
    endMs: beginMs + GOOD_BUCKETS * BUCKET_MS,
  };
}

export function isWithin({ startMs, endMs }: Period, nowMs: number): boolean {
  return startMs <= nowMs && nowMs < endMs;
}

function bucketAt(nowMs: number): number {
  return Math.floor(nowMs / BUCKET_MS);
}

function isGenuine(nonce: string, keys: readonly KeyObject[]): boolean {
  const given = Buffer.from(nonce, 'base64url');
  return keys.some((key) => timingSafeEqual(nonceOf(given.readUInt32BE(), key), given));
}

function nonceOf(bucket: number, key: KeyObject): Buffer {
  const head = Buffer.alloc(BUCKET_BYTES);
  head.writeUInt32BE(bucket);
  const code = createHmac('sha256', key).update(head).digest().subarray(0, CODE_BYTES);
  return Buffer.concat([head, code]);
}
