/**
 * Only one text for each token: base64url decoders ignore unused bits, so a token would have
 * several spellings, and only the canonical one is accepted.
 */
const CANONICAL_BASE64URL = /^(?:[\w-]{4})*(?:[\w-]{2}[AEIMQUYcgkosw048]|[\w-][AQgw])?$/;

/** Whether a text is base64url in its canonical spelling, without padding, and not empty. */
export function isCanonicalPart(part: string): boolean {
  return part !== '' && CANONICAL_BASE64URL.test(part);
}

/**
 * Decodes a part of a token: a JSON object in base64url (RFC 7515, section 2). Undefined if it is
 * not one. It accepts non-canonical texts and verifies nothing.
 */
export function readTokenPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
