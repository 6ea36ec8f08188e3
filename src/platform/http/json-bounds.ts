/** Bodies of ours are three levels deep at most. What works on a value level by level has an end here. */
const MAX_DEPTH = 32;

/** Bodies of ours have ten. Each that a route does not know costs as much as a small request. */
const MAX_MEMBERS = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];
const BLANK: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * Whether a text of JSON is nested deeper than 32 levels, or has more than 1,000 members of objects
 * and elements of arrays in all. Found in one pass over its bytes, before anything is made of them.
 * Of what is no JSON the answer says nothing; the parser will refuse it.
 */
export function exceedsBounds(json: Buffer): boolean {
  let depth = 0;
  let members = 0;
  let isEmptySoFar = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (BLANK.includes(byte)) continue;
    const isClosing = CLOSING.includes(byte);
    if (byte === COMMA || (isEmptySoFar && !isClosing)) members += 1;
    isEmptySoFar = OPENING.includes(byte);
    if (isEmptySoFar) depth += 1;
    if (isClosing) depth -= 1;
    if (depth > MAX_DEPTH || members > MAX_MEMBERS) return true;
    if (byte === QUOTE) at = endOfString(json, at);
  }
  return false;
}

/** Where the string ends that begins here; at the end of the text, where it never does. */
function endOfString(json: Buffer, beginsAt: number): number {
  let at = json.indexOf(QUOTE, beginsAt + 1);
  while (at >= 0 && isEscaped(json, at)) at = json.indexOf(QUOTE, at + 1);
  return at < 0 ? json.length : at;
}

/** A quotation mark behind an odd number of backslashes. */
function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
