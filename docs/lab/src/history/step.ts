/** Who takes part in a history. The tabs share one browser, and so one stored refresh token. */
export const ACTORS = ['tabA', 'tabB', 'renderer', 'clone', 'thief'] as const;
export type Actor = (typeof ACTORS)[number];

/**
 * What an actor does:
 *
 * - `refresh`: presents its refresh token, gets the response and stores the new token;
 * - `refresh-lost`: the same, but the response never arrives;
 * - `refresh-late`: the same, but the response arrives only with the next `receive`;
 * - `refresh-unstored`: the response arrives, but the new refresh token is not stored;
 * - `receive`: the oldest late response arrives;
 * - `backup`, `restore`: the stored token of the browser is copied, and put back later;
 * - `copy`: another computer gets a copy of the browser's profile;
 * - `steal`, `find`: the thief copies the token that the browser holds now, or the first one of all;
 * - `disguise`: the thief sends the fingerprint of the victim's browser from now on.
 */
export const ACTIONS = [
  'refresh',
  'refresh-lost',
  'refresh-late',
  'refresh-unstored',
  'receive',
  'backup',
  'restore',
  'copy',
  'steal',
  'find',
  'disguise',
] as const;
export type Action = (typeof ACTIONS)[number];

/** An actor does something. */
export interface Move {
  readonly actor: Actor;
  readonly action: Action;
}

/** Time passes. */
export interface Wait {
  readonly waitSeconds: number;
}

export type Step = Move | Wait;
export type History = readonly Step[];

/** What each actor can do. */
export const MOVES: Readonly<Record<Actor, readonly Action[]>> = {
  tabA: [
    'refresh',
    'refresh-lost',
    'refresh-late',
    'refresh-unstored',
    'receive',
    'backup',
    'restore',
  ],
  tabB: ['refresh', 'refresh-lost', 'refresh-late', 'refresh-unstored', 'receive'],
  // It cannot hand a new token on to the browser.
  renderer: ['refresh-unstored'],
  clone: ['copy', 'refresh', 'refresh-lost', 'refresh-unstored'],
  thief: ['steal', 'find', 'disguise', 'refresh', 'refresh-unstored'],
};

/** The longest history that the page shows. */
export const MAX_STEPS = 60;
/** The longest wait: the longest life of a session. */
export const MAX_WAIT_SECONDS = 90 * 86_400;

export function isWait(step: Step): step is Wait {
  return 'waitSeconds' in step;
}

/** Whether a value from outside is a step. */
export function isStep(value: unknown): value is Step {
  if (typeof value !== 'object' || value === null) return false;
  const { waitSeconds, actor, action } = value as Record<string, unknown>;
  if (waitSeconds !== undefined) return isWaitSeconds(waitSeconds);
  return ACTORS.some((known) => known === actor && MOVES[known].some((move) => move === action));
}

/** Whether a history may wait so long in one step. */
export function isWaitSeconds(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_WAIT_SECONDS;
}
