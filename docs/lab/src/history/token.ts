/**
 * A refresh token of a history. The first one has generation 0; `sibling` counts the tokens of one
 * generation from 1.
 */
export interface Token {
  readonly generation: number;
  readonly sibling: number;
}

export const FIRST: Token = { generation: 0, sibling: 1 };

export function isSame(a: Token | undefined, b: Token | undefined): boolean {
  return !!a && !!b && a.generation === b.generation && a.sibling === b.sibling;
}

/** A text that is different for different tokens of one session. */
export function keyOf({ generation, sibling }: Token): string {
  return `${generation}.${sibling}`;
}

/** The name of a token for people: 1, 2, 2b, 2c, 3 and so on. */
export function nameOf({ generation, sibling }: Token): string {
  return `${generation + 1}${sibling > 1 ? siblingName(sibling) : ''}`;
}

function siblingName(sibling: number): string {
  return sibling <= 26 ? String.fromCharCode(96 + sibling) : `·${sibling}`;
}
