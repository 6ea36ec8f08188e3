/**
 * The object that a part of a token stands for: JSON in base64url (RFC 7515, section 2). Undefined
 * where it is none. Decoding is lenient, and proves nothing.
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
