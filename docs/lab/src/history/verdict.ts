import type { Frame } from './play.js';

/**
 * What a history has come to for the user and the thief:
 *
 * - `kept`: there is no thief, and the user stays signed in;
 * - `thrown-out`: the user is signed out, and not because a thief was noticed;
 * - `thief-refused`: the thief was given nothing, and the user stays signed in;
 * - `thief-stopped`: the thief was given nothing, and the session has ended;
 * - `thief-found`: the thief was given tokens, and the session has ended for both;
 * - `thief-missed`: the thief goes on, and nobody has noticed;
 * - `thief-lapsed`: the thief was given tokens for a while, and nobody has noticed;
 * - `thief-stays`: the user is signed out, and the thief goes on.
 */
export const VERDICTS = [
  'kept',
  'thrown-out',
  'thief-refused',
  'thief-stopped',
  'thief-found',
  'thief-missed',
  'thief-lapsed',
  'thief-stays',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The verdict after a frame. A thief who has presented nothing yet does not count. */
export function verdictOf({ signedOut, thief, hasSessionEnded }: Frame): Verdict {
  const isUserOut = signedOut.length > 0;
  switch (thief) {
    case 'absent':
    case 'waiting':
      return isUserOut ? 'thrown-out' : 'kept';
    case 'in':
      return isUserOut ? 'thief-stays' : 'thief-missed';
    case 'refused':
      return isUserOut ? 'thief-stopped' : 'thief-refused';
    case 'out':
      if (hasSessionEnded) return 'thief-found';
      return isUserOut ? 'thrown-out' : 'thief-lapsed';
  }
}
