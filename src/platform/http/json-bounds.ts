/** Our bodies have at most three levels. This limits all code that works recursively. */
const MAX_DEPTH = 32;

/** Our bodies have ten. Rejecting an unknown member costs as much as a small request. */
const MAX_MEMBERS = 1000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: readonly number[] = [0x5b, 0x7b];
const CLOSING: readonly number[] = [0x5d, 0x7d];
const BLANK: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

/**
 * True if a JSON text is nested deeper than 32 levels, or has more than 1,000 object members and
 * array elements in total. It scans the bytes once, before they are parsed. For a text that is not
 * JSON the result means nothing; the parser rejects it.
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

/** The end of the string that begins here, or of the text if the string does not end. */
function endOfString(json: Buffer, beginsAt: number): number {
  let at = json.indexOf(QUOTE, beginsAt + 1);
  while (at >= 0 && isEscaped(json, at)) at = json.indexOf(QUOTE, at + 1);
  return at < 0 ? json.length : at;
}

/** True for a quotation mark after an odd number of backslashes. */
function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
