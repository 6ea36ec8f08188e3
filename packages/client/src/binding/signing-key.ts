/** A public key on P-256 (RFC 7518, section 6.2.1). Its other members are ignored. */
export interface PublicJwk {
  readonly kty?: string | undefined;
  readonly crv?: string | undefined;
  readonly x?: string | undefined;
  readonly y?: string | undefined;
}

/** What WebCrypto and libraries take, whatever the version of TypeScript. */
export type Bytes = Uint8Array & { readonly buffer: ArrayBuffer };

/** A key that signs and never leaves its place: WebCrypto's, or that of a phone's hardware. */
export interface SigningKey {
  readonly publicJwk: PublicJwk;
  /** ES256: the 64 bytes of `r` and `s`, not DER (RFC 7518, section 3.4). */
  sign(bytes: Bytes): Promise<ArrayBuffer | Uint8Array>;
  /** SHA-256. Not needed where there is `crypto.subtle`. */
  sha256?(bytes: Bytes): Promise<ArrayBuffer | Uint8Array>;
}

/** The place of a key, which all tabs of a browser share. */
export interface KeyStore {
  /** Undefined if there is no key. It rejects if that cannot be known now. */
  read(): Promise<SigningKey | undefined>;
  /**
   * Makes and stores a key unless there is one, and resolves with what was read back. Undefined, or
   * a rejection, means that no key can be kept here: then the session is not bound.
   */
  make(): Promise<SigningKey | undefined>;
}
