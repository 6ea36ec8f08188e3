import type { Frame } from '../history/play.js';
import { type Action, isWait, type Move } from '../history/step.js';
import { nameOf, type Token } from '../history/token.js';
import { ACTION_NAMES, ACTOR_NAMES, HOLDER_NAMES } from './actors.js';
import { remainingInWords, waitInWords } from './durations.js';

const WHOLE_BROWSER = ['backup', 'restore'];

/** A step in the list of the history, whatever comes of it. */
export function stepInWords(step: Frame['step']): string {
  if (!step) return 'The user signs in';
  if (isWait(step)) return waitInWords(step.waitSeconds);
  const who = WHOLE_BROWSER.includes(step.action) ? 'Browser' : ACTOR_NAMES[step.actor];
  return `${who} ${ACTION_NAMES[step.action]}`;
}

/** What has happened in a step, in one or two sentences. */
export function frameInWords(frame: Frame): string {
  const { step } = frame;
  if (!step) return 'The user has signed in, and the browser holds token 1.';
  if (isWait(step)) return `${waitInWords(step.waitSeconds)}.`;
  if (frame.skipped) return skippedInWords(step, frame.skipped);
  return step.action.startsWith('refresh') ? refreshInWords(step, frame) : moveInWords(step, frame);
}

function skippedInWords({ actor, action }: Move, skipped: NonNullable<Frame['skipped']>): string {
  const who = ACTOR_NAMES[actor];
  switch (skipped) {
    case 'signed out':
      return action === 'restore' ? 'There is no backup.' : `${who} is signed out already.`;
    case 'holds no token':
      return action === 'restore' ? 'There is no backup.' : `${who} has no token to use.`;
    case 'nothing to receive':
      return `There is no response on its way to ${who.toLowerCase()}.`;
  }
}

function refreshInWords({ actor, action }: Move, frame: Frame): string {
  const who = `${ACTOR_NAMES[actor]} presents ${named(frame.presented)}`;
  const arrival = (frame.received && ARRIVALS[action]?.(named(frame.received))) ?? '';
  switch (frame.outcome) {
    case 'rotated':
      return `${who}. It is replaced by ${named(frame.received)}${arrival}.`;
    case 'replayed':
      return `${who} and is given ${named(frame.received)} once more${arrival}.`;
    case 'reissued':
      return `${who} and is given another token, ${frame.received ? nameOf(frame.received) : ''}${arrival}.`;
    case 'reused':
      return `${who}. The server takes this for theft: the session ends for everybody.`;
    case 'refused':
      return `${who}. The server refuses it, and the session goes on for others.`;
    case 'unproved':
      return `${who} without the key. The server refuses it, and nothing ends.`;
    case 'ended':
    case undefined:
      return `${who}. The session is over.`;
  }
}

const ARRIVALS: Readonly<Partial<Record<Action, (token: string) => string>>> = {
  'refresh-lost': (token) => `, but the response is lost, and ${token} with it`,
  'refresh-late': () => ', but the response is still on its way',
  'refresh-unstored': () => ', which is not stored',
};

function moveInWords({ actor, action }: Move, { received }: Frame): string {
  const tell = MOVES[action];
  return tell?.(named(received), ACTOR_NAMES[actor], !received) ?? '';
}

const MOVES: Readonly<
  Partial<Record<Action, (token: string, who: string, isRefusal: boolean) => string>>
> = {
  receive: (token, who, isRefusal) =>
    `The late response arrives: ${who} ${isRefusal ? 'is refused' : `gets ${token}`}.`,
  backup: (token) => `The browser is backed up, with ${token}.`,
  restore: (token) => `The browser is restored from its backup, and holds ${token} again.`,
  copy: (token) => `The profile of the browser is copied to a second computer, with ${token}.`,
  steal: (token) => `The thief copies ${token} from the browser. Nobody notices.`,
  find: (token) => `The thief finds ${token} in a log.`,
  disguise: () =>
    'The thief copies the fingerprint of the browser, so the server takes both for one.',
};

/** The picture in words, for those who do not see it. */
export function pictureInWords(frame: Frame): string {
  const tokens = frame.tokens.map(({ token, standing }) => {
    const holders = Object.entries(frame.holders)
      .filter(([, held]) => held && nameOf(held) === nameOf(token))
      .map(([holder]) => HOLDER_NAMES[holder as keyof typeof HOLDER_NAMES].toLowerCase());
    const held = holders.length > 0 ? `, held by: ${holders.join(', ')}` : '';
    return `Token ${nameOf(token)}: ${standingInWords(standing, frame.now)}${held}.`;
  });
  const ended = frame.hasSessionEnded ? ['The session has ended.'] : [];
  return [...ended, ...tokens].join(' ');
}

/** The standing of a token, short enough for the picture. */
export function standingInWords(
  { kind, acceptedUntil }: Frame['tokens'][number]['standing'],
  now: number,
): string {
  const left = acceptedUntil === undefined ? '' : ` for ${remainingInWords(acceptedUntil - now)}`;
  switch (kind) {
    case 'unused':
      return 'not used yet';
    case 'confirmed':
      return left ? `good${left}` : 'used, still good';
    case 'superseded':
      return left ? `good${left}` : 'old, still good';
    case 'spent':
      return 'no longer good';
  }
}

function named(token: Token | undefined): string {
  return token ? `token ${nameOf(token)}` : 'no token';
}
