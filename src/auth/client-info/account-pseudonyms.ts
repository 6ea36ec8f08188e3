import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { canonicalAddress } from '../../users/index.js';
import { deriveSecretKey } from '../tokens/keys/derived-key.js';

/**
 * Pseudonyms for addresses that are not registered. They show which attempts were on the same
 * address; without the key, nobody can find out the address, even by trying.
 */
@Injectable()
export class AccountPseudonyms {
  private readonly key: KeyObject;

  constructor({ tokens }: Config) {
    this.key = deriveSecretKey(tokens.secret, 'account pseudonym');
  }

  /** The pseudonym of an address; the same for each of its spellings. */
  of(email: string): string {
    return createHmac('sha256', this.key)
      .update(canonicalAddress(email) ?? email)
      .digest('base64url')
      .slice(0, 22);
  }
}
