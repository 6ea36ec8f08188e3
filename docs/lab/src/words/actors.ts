import type { Holder, Party } from '../history/play.js';
import type { Action, Actor } from '../history/step.js';

export const ACTOR_NAMES: Readonly<Record<Actor, string>> = {
  tabA: 'Tab A',
  tabB: 'Tab B',
  renderer: 'Renderer on the server',
  clone: 'Second computer',
  thief: 'Thief',
};

/** Who holds a token, beside the token in the picture. */
export const HOLDER_NAMES: Readonly<Record<Holder, string>> = {
  browser: 'Browser',
  clone: '2nd computer',
  thief: 'Thief',
  backup: 'Backup',
};

export const PARTY_NAMES: Readonly<Record<Party, string>> = {
  browser: 'the browser',
  clone: 'the second computer',
  thief: 'the thief',
};

/** What an actor can do, as the editor offers it. */
export const ACTION_NAMES: Readonly<Record<Action, string>> = {
  refresh: 'refreshes',
  'refresh-lost': 'refreshes, the response is lost',
  'refresh-late': 'refreshes, the response is late',
  'refresh-unstored': 'refreshes and stores nothing',
  receive: 'gets the late response',
  backup: 'is backed up',
  restore: 'is restored from the backup',
  copy: 'gets a copy of the profile',
  steal: 'steals the current token',
  find: 'finds the first token in a log',
  disguise: 'copies the fingerprint of the browser',
};
