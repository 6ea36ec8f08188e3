import { createHmac, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { canonicalAddress } from '../../users/index.js';
import { deriveSecretKey } from '../tokens/keys/derived-key.js';

/**
 * Names for addresses that nobody has registered. Attempts on one address can be told to belong
 * together, while nobody without the key can find out, even by trying, which address it was.
 */
@Injectable()
export class AccountPseudonyms {
  private readonly key: KeyObject;

  constructor({ tokens }: Config) {
    this.key = deriveSecretKey(tokens.secret, 'account pseudonym');
  }

  /** The same for an address in whatever spelling. */
  of(email: string): string {
    return createHmac('sha256', this.key)
      .update(canonicalAddress(email) ?? email)
      .digest('base64url')
      .slice(0, 22);
  }
}
