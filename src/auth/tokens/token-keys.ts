import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/config/index.js';
import { deriveKey } from './keys/derived-key.js';
import { KeyFile } from './keys/key-file.js';
import type { KeySet, PublicKey } from './keys/key-set.js';
import type { KeyName, TokenKey, TokenKind } from './keys/token-key.js';

/**
 * The keys of both kinds of tokens: derived from the configured secrets; for access tokens also
 * those of `JWT_KEYS_FILE`.
 */
@Injectable()
export class TokenKeys {
  private readonly derived: Readonly<Record<TokenKind, readonly [TokenKey, ...TokenKey[]]>>;

  constructor(
    { tokens: { secret, previousSecret } }: Config,
    private readonly file: KeyFile,
  ) {
    const derive = (kind: TokenKind) =>
      [
        deriveKey(secret, kind),
        ...(previousSecret ? [deriveKey(previousSecret, kind)] : []),
      ] as const;
    this.derived = { access: [...derive('access')], refresh: [...derive('refresh')] };
  }

  /** The key to sign new tokens with. */
  signing(kind: TokenKind): TokenKey {
    return this.fromFile(kind)?.signing ?? this.derived[kind][0];
  }

  /**
   * The key with which to verify a token; undefined if we have no such key, or not for this
   * algorithm.
   */
  verifying(kind: TokenKind, { id, algorithm }: KeyName): KeyObject | undefined {
    const named = [...this.derived[kind], ...(this.fromFile(kind)?.verifying ?? [])].find(
      (key) => key.id === id,
    );
    // If a public key were used as the secret of another algorithm, anybody could sign (RFC 8725,
    // section 2.1).
    return named?.algorithm === algorithm ? named.key : undefined;
  }

  /** The public keys, with which other services verify access tokens. */
  get published(): readonly PublicKey[] {
    return this.ofFile?.published ?? [];
  }

  /** The keys of `JWT_KEYS_FILE`; a new object whenever the file has changed. */
  get ofFile(): KeySet | undefined {
    return this.file.keys;
  }

  /** Only this server verifies refresh tokens, so their keys are always derived. */
  private fromFile(kind: TokenKind): KeySet | undefined {
    return kind === 'access' ? this.ofFile : undefined;
  }
}
