import type { SecurityEvent } from '../../client/events.js';
import type { TextKey } from '../../texts/en.js';

/** Why a session was ended. */
const REASONS: Readonly<Record<string, TextKey>> = {
  ended_by_user: 'event.reason.ended_by_user',
  ended_by_operator: 'event.reason.ended_by_operator',
  refresh_rate_unusual: 'event.reason.refresh_rate_unusual',
  too_many_sessions: 'event.reason.too_many_sessions',
  refused: 'event.reason.refused',
  too_late: 'event.reason.too_late',
};

/** The reason that an event has in its details, as a sentence; undefined if it has none. */
export function reasonOf({ details }: SecurityEvent): TextKey | undefined {
  const { reason } = details;
  return typeof reason === 'string' && Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
}

/**
 * The details of an event, each with its name, as texts: what is invisible, or changes the writing
 * direction, is shown as `\u202e`, and what is longer than 4,096 characters is cut off.
 */
export function factsOf({ type, session_id, details }: SecurityEvent): [string, string][] {
  const facts: [string, unknown][] = [['type', type], ...Object.entries(details)];
  if (session_id !== null) facts.push(['session', session_id]);
  return facts.map(([name, value]) => [cut(visible(name)), cut(visible(textOf(value)))]);
}

/** What an event may have at most; everything else is an attempt to break the page. */
const MAX_CHARACTERS = 4096;

function cut(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)} …`;
}

/** As `npm run admin` shows such characters. */
function visible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character, index)).join(''),
  );
}

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escaped(character: string, index: number): string {
  return `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
