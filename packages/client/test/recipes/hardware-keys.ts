import type { KeyStore, PublicJwk, SigningKey } from '@evergreen-auth/client/binding';

/** The keystore of the phone, by a native module: the Secure Enclave, or Android's Keystore. */
export interface Keystore {
  /** Null where there is no key. It rejects where that cannot be known now. */
  publicJwk(alias: string): Promise<PublicJwk | null>;
  /** Makes a key on P-256 that cannot be exported. Resolves once it is kept. */
  generate(alias: string): Promise<void>;
  /** ES256: the 64 bytes of `r` and `s`. Both systems sign in DER, so the module converts. */
  sign(alias: string, bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * The key of an app for `createBinding`.
 *
 * @param sha256 such as `(bytes) => Crypto.digest(Crypto.CryptoDigestAlgorithm.SHA256, bytes)` of
 *   expo-crypto
 */
export function hardwareKeys(
  keystore: Keystore,
  sha256: NonNullable<SigningKey['sha256']>,
  alias = 'evergreen-session',
): KeyStore {
  async function read(): Promise<SigningKey | undefined> {
    const publicJwk = await keystore.publicJwk(alias);
    return publicJwk
      ? { publicJwk, sign: (bytes) => keystore.sign(alias, bytes), sha256 }
      : undefined;
  }
  return {
    read,
    async make() {
      if (!(await read())) await keystore.generate(alias);
      return read();
    },
  };
}
