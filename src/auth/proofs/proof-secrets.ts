import { createHash, createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { deriveSecretKey } from '../tokens/keys/derived-key.js';

const TOKEN_BYTES = 32;

/** Few enough to be typed; `MAX_ATTEMPTS` limits who guesses. */
const CODE_DIGITS = 8;

const CODE = new RegExp(`^\\d{${CODE_DIGITS}}$`);

/** The secrets of proofs, and the hashes of them that are stored. */
@Injectable()
export class ProofSecrets {
  /** The first key is for new codes; all are tried, so that codes survive a rotation of the secret. */
  private readonly keys: readonly [KeyObject, ...KeyObject[]];

  constructor({ tokens: { secret, previousSecret } }: Config) {
    const use = 'mailed code';
    this.keys = [
      deriveSecretKey(secret, use),
      ...(previousSecret ? [deriveSecretKey(previousSecret, use)] : []),
    ];
  }

  newToken(): string {
    return randomBytes(TOKEN_BYTES).toString('base64url');
  }

  newCode(): string {
    return String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  }

  /** A token has 256 random bits, so nobody finds it by trying. */
  hashToken(token: string): Buffer {
    return createHash('sha256').update(token).digest();
  }

  /**
   * A code has only 10^8 values, all of which somebody who has the table could try: without the key,
   * which is not in the database, that is no use.
   */
  hashCode(proofId: string, code: string): Buffer {
    return hashWith(this.keys[0], proofId, code);
  }

  isCodeOf(proofId: string, codeHash: Buffer, code: string): boolean {
    return this.keys.some((key) => timingSafeEqual(hashWith(key, proofId, code), codeHash));
  }
}

/**
 * The digits of a code as somebody has typed it, with blanks or hyphens; undefined if it is no code.
 */
export function digitsOf(typed: string): string | undefined {
  const digits = typed.replace(/[\s-]/g, '');
  return CODE.test(digits) ? digits : undefined;
}

function hashWith(key: KeyObject, proofId: string, code: string): Buffer {
  return createHmac('sha256', key).update(`${proofId}:${code}`).digest();
}
