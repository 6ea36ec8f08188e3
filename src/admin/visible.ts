/**
 * Characters that a terminal would interpret, or that are invisible: control characters, with which
 * escape sequences begin; line breaks, changes of the writing direction, marks without width, lone
 * surrogates.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Makes a line of untrusted text safe to print: a character that a terminal would interpret is
 * shown as `\u001b`. In a line of JSON, this is the same text in another notation.
 *
 * ```ts
 * visible('Ada\u001b[2J'); // 'Ada\\u001b[2J'
 * ```
 */
export function visible(line: string): string {
  return line.replace(INVISIBLE, (character) => character.split('').map(escaped).join(''));
}

/** JSON has no escape for a character above 16 bits, only for its two surrogates. */
function escaped(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
