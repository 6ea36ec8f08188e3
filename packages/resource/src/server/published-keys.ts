import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Closing } from '../closing.js';
import type { Logger } from '../logger.js';
import type { Clock } from '../time/clock.js';
import { getJson } from './get-json.js';

/** A key as `crypto.verify` takes it. */
export interface PublishedKey {
  readonly key: KeyObject;
  /** JWS has both numbers of a signature one after the other (RFC 7518, section 3.4). */
  readonly dsaEncoding: 'ieee-p1363';
}

const TIMEOUT_MS = 2000;
const MIN_INTERVAL_MS = 1000;
/** As long as an HTTP cache may keep the keys. */
const REFRESHED_AFTER_MS = 60_000;
const RETRIED_AFTER_MS = 5000;

export interface PublishedKeysOptions {
  readonly server: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly closing: Closing;
  /** Called whenever the keys were read. */
  readonly onRead: () => void;
}

/** The server's public keys, from `/.well-known/jwks.json`. */
export class PublishedKeys {
  private keys: ReadonlyMap<string, PublishedKey> = new Map();
  private lastBeganAtMs = -Infinity;
  private running: Promise<boolean> | undefined;
  /** A fetch that has not begun. */
  private coming: Promise<boolean> | undefined;
  private isFailing = false;
  private hasRead = false;

  constructor(private readonly options: PublishedKeysOptions) {}

  /** Reads the keys now and then from now on, so that a removed key is no longer accepted. */
  start(): void {
    void this.refresh().then((isRead) => {
      const { clock, closing } = this.options;
      if (closing.isClosed) return;
      const pauseMs = isRead ? REFRESHED_AFTER_MS * (0.9 + 0.2 * Math.random()) : RETRIED_AFTER_MS;
      const cancel = clock.after(
        pauseMs,
        () => {
          done();
          this.start();
        },
        false,
      );
      const done = closing.onClose(cancel);
    });
  }

  get isLoaded(): boolean {
    return this.hasRead;
  }

  /** The same object while the key is published. */
  find(id: string): PublishedKey | undefined {
    return this.keys.get(id);
  }

  /**
   * Waits for a fetch that begins after this call. There is one a second at most, which all share
   * who wait for it. False if the keys cannot be read; those that were read before are kept.
   */
  refresh(): Promise<boolean> {
    this.coming ??= this.fetchSoon();
    return this.coming;
  }

  private async fetchSoon(): Promise<boolean> {
    const { clock, closing } = this.options;
    await this.running;
    const waitMs = this.lastBeganAtMs + MIN_INTERVAL_MS - clock.monotonicMs();
    if (waitMs > 0) await pause(waitMs, clock, closing);
    this.coming = undefined;
    this.lastBeganAtMs = clock.monotonicMs();
    this.running = this.fetch();
    return this.running;
  }

  private async fetch(): Promise<boolean> {
    const { server, clock, closing } = this.options;
    const response = await getJson({
      url: `${server}/.well-known/jwks.json`,
      // A cache between may have the keys of a minute ago.
      headers: { 'cache-control': 'no-cache' },
      timeoutMs: TIMEOUT_MS,
      clock,
      closing,
    });
    const list = response?.status === 200 ? response.body.keys : undefined;
    if (!Array.isArray(list)) {
      this.reportFailure();
      return false;
    }
    this.keys = keysIn(list, this.keys);
    this.isFailing = false;
    this.hasRead = true;
    this.options.onRead();
    return true;
  }

  /** Once, until they can be read again. */
  private reportFailure(): void {
    if (this.isFailing || this.options.closing.isClosed) return;
    this.isFailing = true;
    this.options.logger.warn('The public keys of the server cannot be read.');
  }
}

/** Keys that are known already remain the same objects. */
function keysIn(
  list: readonly unknown[],
  known: ReadonlyMap<string, PublishedKey>,
): ReadonlyMap<string, PublishedKey> {
  const keys = new Map<string, PublishedKey>();
  for (const jwk of list) {
    const id = (jwk as { kid?: unknown } | null)?.kid;
    const key = keyOf(jwk);
    if (typeof id !== 'string' || !key) continue;
    const before = known.get(id);
    keys.set(id, before?.key.equals(key) ? before : { key, dsaEncoding: 'ieee-p1363' });
  }
  return keys;
}

/** Of ES256 alone: undefined for other keys, which others may publish. */
function keyOf(jwk: unknown): KeyObject | undefined {
  if (typeof jwk !== 'object' || jwk === null) return undefined;
  const { kty, crv, x, y, alg = 'ES256', use = 'sig' } = jwk as Record<string, unknown>;
  if (kty !== 'EC' || crv !== 'P-256' || alg !== 'ES256' || use !== 'sig') return undefined;
  if (typeof x !== 'string' || typeof y !== 'string') return undefined;
  try {
    return createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function pause(milliseconds: number, clock: Clock, closing: Closing): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(
      milliseconds,
      () => {
        done();
        resolve();
      },
      true,
    );
    const done = closing.onClose(() => {
      cancel();
      resolve();
    });
  });
}
