import type { Verdict } from '../history/verdict.js';

/** `good`: nobody lost anything; `alarm`: a theft was noticed, at a price; `bad`: it went wrong. */
export type Tone = 'good' | 'alarm' | 'bad';

export interface VerdictWords {
  readonly tone: Tone;
  readonly label: string;
  readonly sentence: string;
}

export const VERDICT_WORDS: Readonly<Record<Verdict, VerdictWords>> = {
  kept: {
    tone: 'good',
    label: 'User stays signed in',
    sentence: 'Nobody was signed out.',
  },
  'thrown-out': {
    tone: 'bad',
    label: 'User signed out for no reason',
    sentence: 'The user did nothing wrong and must sign in again.',
  },
  'thief-refused': {
    tone: 'good',
    label: 'Thief got nothing',
    sentence: 'The stolen token was worth nothing, and the user stays signed in.',
  },
  'thief-stopped': {
    tone: 'alarm',
    label: 'Thief got nothing, session ended',
    sentence:
      'Somebody presented an old token. The session ended, and its owner must sign in again.',
  },
  'thief-found': {
    tone: 'alarm',
    label: 'Thief found, session ended',
    sentence:
      'The thief had access for a while, was found, and is shut out. The owner signs in again.',
  },
  'thief-missed': {
    tone: 'bad',
    label: 'Thief not noticed',
    sentence: 'The thief goes on, and nobody has noticed.',
  },
  'thief-lapsed': {
    tone: 'bad',
    label: 'Thief had access, unnoticed',
    sentence: 'The thief’s token is no longer accepted, but nobody has noticed that he had access.',
  },
  'thief-stays': {
    tone: 'bad',
    label: 'User signed out, thief stays',
    sentence: 'The owner is signed out, and the thief goes on with the session.',
  },
};
