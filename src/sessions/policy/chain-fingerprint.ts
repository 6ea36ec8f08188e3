export const KEY_FINGERPRINT_PREFIX = 'key:';

/**
 * By what the rotation tells clients of one session apart: the key that the session is bound to, or
 * without one the fingerprint of the client. All who hold the key are one client.
 */
export function chainFingerprint(
  keyThumbprint: string | null | undefined,
  clientFingerprint: string,
): string {
  return keyThumbprint ? KEY_FINGERPRINT_PREFIX + keyThumbprint : clientFingerprint;
}
