/** Longer values are cut; no honest name of a device is. */
const MAX_CHARACTERS = 254;

/**
 * A value for a text: one line, without control characters, characters that change the writing
 * direction, other invisible ones (Unicode's category C), and without half of a surrogate pair.
 */
export function plainLine(value: string): string {
  const line = value.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  return Array.from(line).slice(0, MAX_CHARACTERS).join('');
}

/**
 * A name that anybody may have chosen: programs that read mail would make a link of `evil.example`,
 * so a blank follows each character that they look for.
 */
export function withoutLinks(name: string): string {
  return plainLine(name).replace(/[.:/@](?=[^\s\d])/g, '$& ');
}

/** A subject, from a template: one line, without characters that change the writing direction. */
export function plainSubject(subject: string): string {
  return subject
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
}
