import {
  type Action,
  type Actor,
  type History,
  isStep,
  isWait,
  isWaitSeconds,
  MAX_STEPS,
  type Step,
} from '../history/step.js';

const ACTOR_LETTERS: Readonly<Record<Actor, string>> = {
  tabA: 'A',
  tabB: 'B',
  renderer: 'R',
  clone: 'C',
  thief: 'T',
};

const ACTION_LETTERS: Readonly<Record<Action, string>> = {
  refresh: 'r',
  'refresh-lost': 'l',
  'refresh-late': 't',
  'refresh-unstored': 'u',
  receive: 'g',
  backup: 'b',
  restore: 'o',
  copy: 'c',
  steal: 's',
  find: 'f',
  disguise: 'd',
};

/** The history in a form for links, such as `Al.w3600.Ar`; none is `-`. */
export function encodeHistory(history: History): string {
  return history.map(encodeStep).join('.') || '-';
}

/** The history of a link, or nothing if it is none. */
export function decodeHistory(text: string): History | undefined {
  if (text === '-') return [];
  const codes = text.split('.');
  if (codes.length > MAX_STEPS) return undefined;
  const steps = codes.map(decodeStep);
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

function encodeStep(step: Step): string {
  return isWait(step)
    ? `w${step.waitSeconds}`
    : ACTOR_LETTERS[step.actor] + ACTION_LETTERS[step.action];
}

function decodeStep(code: string): Step | undefined {
  if (/^w[1-9][0-9]{0,8}$/.test(code)) {
    const waitSeconds = Number(code.slice(1));
    return isWaitSeconds(waitSeconds) ? { waitSeconds } : undefined;
  }
  const step = {
    actor: keyWith(ACTOR_LETTERS, code.slice(0, 1)),
    action: keyWith(ACTION_LETTERS, code.slice(1)),
  };
  return isStep(step) ? step : undefined;
}

function keyWith(letters: Readonly<Record<string, string>>, letter: string): string | undefined {
  return Object.entries(letters).find(([, value]) => value === letter)?.[0];
}
