/**
 * What a terminal would act on, or a reader not see: control characters and the escape sequences
 * that begin with one, line breaks, changes of the direction of writing, marks without width,
 * halves of characters.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * One line of text that is safe to print, whoever wrote it: what a terminal would act on is shown
 * as `\u001b`. Within JSON on one line this is another way to write the same.
 *
 * ```ts
 * visible('Ada\u001b[2J'); // 'Ada\\u001b[2J'
 * ```
 */
export function visible(line: string): string {
  return line.replace(INVISIBLE, (character) => character.split('').map(escaped).join(''));
}

/** JSON knows no escape for a character beyond 16 bits, only for its two halves. */
function escaped(half: string): string {
  return `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
