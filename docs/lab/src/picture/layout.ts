import { type Frame, type Holder, HOLDERS, type ShownToken } from '../history/play.js';
import { isSame, keyOf } from '../history/token.js';

/** Sizes of the picture, in pixels. */
export const NODE = { width: 116, height: 60 } as const;
export const PILL = { height: 24, gap: 6 } as const;
const GAP = { column: 34, row: 30 } as const;
const MARGIN = 24;

export interface PlacedToken extends ShownToken {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  /** Who holds it, from top to bottom below the token. */
  readonly holders: readonly Holder[];
  /** How many responses with it are on their way. */
  readonly flights: number;
  readonly isPresented: boolean;
  /** How much of the time in which it is accepted is left, from 1 to 0. */
  readonly windowLeft?: number;
}

export interface Line {
  readonly key: string;
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
  /** Whether the child was used. */
  readonly isTaken: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly tokens: readonly PlacedToken[];
  readonly lines: readonly Line[];
}

/** Where each token of a frame stands: a column for each generation, a row for each sibling. */
export function layoutOf(frame: Frame): Layout {
  const rows = rowsOf(frame);
  const tokens = frame.tokens.map((shown) => place(frame, shown, rows));
  const columns = 1 + Math.max(...frame.tokens.map(({ token }) => token.generation));
  return {
    tokens,
    lines: tokens.flatMap((child) => lineTo(child, tokens)),
    width: 2 * MARGIN + columns * NODE.width + (columns - 1) * GAP.column,
    height: MARGIN + (rows.at(-1) as number),
  };
}

/** The top of each row, and at the end the bottom of the last one. */
function rowsOf(frame: Frame): readonly number[] {
  const count = Math.max(...frame.tokens.map(({ token }) => token.sibling));
  const tops = [MARGIN];
  for (let sibling = 1; sibling <= count; sibling++) {
    const pills = frame.tokens
      .filter(({ token }) => token.sibling === sibling)
      .map((shown) => holdersOf(frame, shown).length + flightsOf(frame, shown));
    // One row of pills is always there, so that the picture does not jump with each step.
    const most = Math.max(1, ...pills);
    const bottom = (tops.at(-1) as number) + NODE.height + most * (PILL.height + PILL.gap);
    tops.push(bottom + (sibling < count ? GAP.row : 0));
  }
  return tops;
}

function place(frame: Frame, shown: ShownToken, rows: readonly number[]): PlacedToken {
  const { token, standing } = shown;
  const { acceptedUntil, windowMs } = standing;
  return {
    ...shown,
    key: keyOf(token),
    x: MARGIN + token.generation * (NODE.width + GAP.column),
    y: rows[token.sibling - 1] as number,
    holders: holdersOf(frame, shown),
    flights: flightsOf(frame, shown),
    isPresented: isSame(frame.presented, token),
    ...(acceptedUntil !== undefined && windowMs !== undefined
      ? { windowLeft: Math.max(0, Math.min(1, (acceptedUntil - frame.now) / windowMs)) }
      : {}),
  };
}

function holdersOf({ holders }: Frame, { token }: ShownToken): readonly Holder[] {
  return HOLDERS.filter((holder) => isSame(holders[holder], token));
}

function flightsOf({ flights }: Frame, { token }: ShownToken): number {
  return flights.filter((flight) => isSame(flight.token, token)).length;
}

function lineTo(child: PlacedToken, tokens: readonly PlacedToken[]): readonly Line[] {
  const parent = tokens.find(({ token }) => isSame(token, child.parent));
  if (!parent) return [];
  const middle = NODE.height / 2;
  return [
    {
      key: child.key,
      from: { x: parent.x + NODE.width, y: parent.y + middle },
      to: { x: child.x, y: child.y + middle },
      isTaken: tokens.some(({ parent: used }) => isSame(used, child.token)),
    },
  ];
}
