import type { Actor } from '../history/step.js';
import type { Outcome } from '../rules/rule.js';
import type { Tone } from './verdicts.js';

export interface OutcomeWords {
  /** For an honest client. */
  readonly tone: Tone;
  /** One or two words, for lists. */
  readonly label: string;
  /** What a newcomer needs to know. */
  readonly meaning: string;
}

export const OUTCOME_WORDS: Readonly<Record<Outcome, OutcomeWords>> = {
  rotated: { tone: 'good', label: 'new token', meaning: 'The token is replaced by a new one.' },
  replayed: {
    tone: 'good',
    label: 'same again',
    meaning: 'The next token exists already, and is given once more.',
  },
  reissued: {
    tone: 'good',
    label: 'another token',
    meaning: 'A further token is given, beside the one that exists already.',
  },
  reused: {
    tone: 'bad',
    label: 'taken for theft',
    meaning: 'The session ends, and everybody who holds one of its tokens is signed out.',
  },
  refused: {
    tone: 'bad',
    label: 'refused',
    meaning: 'Whoever presented the token is signed out. The session goes on for others.',
  },
  unproved: {
    tone: 'alarm',
    label: 'no proof',
    meaning: 'The token is refused without the key. Nothing ends, and nobody is signed out.',
  },
  ended: { tone: 'bad', label: 'session over', meaning: 'The session had ended before.' },
};

/** Whether an outcome is good news: what a thief is given is bad, and what he is refused is good. */
export function toneOf(outcome: Outcome, actor: Actor): Tone {
  if (actor !== 'thief') return OUTCOME_WORDS[outcome].tone;
  switch (outcome) {
    case 'rotated':
    case 'replayed':
    case 'reissued':
      return 'bad';
    case 'reused':
      return 'alarm';
    case 'refused':
    case 'unproved':
    case 'ended':
      return 'good';
  }
}
