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
