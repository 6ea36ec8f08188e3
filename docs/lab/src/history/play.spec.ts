import fc from 'fast-check';
import { evergreen } from '../rules/evergreen.js';
import { RULES } from '../rules/index.js';
import { replayingGrace } from '../rules/replaying-grace.js';
import { singleUse } from '../rules/single-use.js';
import { play } from './play.js';
import { ACTORS, type Action, type Actor, type History, MOVES } from './step.js';
import { isSame } from './token.js';
import { verdictOf } from './verdict.js';

const does = (actor: Actor, action: Action) => ({ actor, action });
const HOUR = { waitSeconds: 3600 };
const lastOf = (history: History, rule = evergreen) => play(history, rule).at(-1)!;

const step = fc.oneof(
  fc.constantFrom(...ACTORS.flatMap((actor) => MOVES[actor].map((action) => does(actor, action)))),
  fc.constantFrom(1, 5, 3600, 86_400).map((waitSeconds) => ({ waitSeconds })),
);
const anyHistory = fc.array(step, { maxLength: 20 });

describe('play', () => {
  it('begins with a session in the browser', () => {
    const [start] = play([], evergreen);
    expect(start).toMatchObject({
      now: 0,
      holders: { browser: { generation: 0, sibling: 1 } },
      thief: 'absent',
      signedOut: [],
    });
  });

  it('gives one frame for each step of every history, and time never goes back', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const rule of RULES) {
          const frames = play(history, rule);
          expect(frames).toHaveLength(history.length + 1);
          expect(frames.map(({ now }) => now)).toEqual(
            frames.map(({ now }) => now).sort((a, b) => a - b),
          );
        }
      }),
      { numRuns: 100 },
    );
  });

  it('shows every token that is held, and knows of no token twice', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const rule of RULES) {
          for (const { tokens, holders } of play(history, rule)) {
            for (const held of Object.values(holders)) {
              if (!held) continue;
              expect(tokens.filter(({ token }) => isSame(token, held))).toHaveLength(1);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('signs everybody out for good once the session has ended', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        for (const rule of RULES) {
          const frames = play(history, rule);
          const end = frames.findIndex(({ hasSessionEnded }) => hasSessionEnded);
          for (const frame of end < 0 ? [] : frames.slice(end)) {
            expect(frame.signedOut).toContain('browser');
            expect(frame.thief).not.toBe('in');
            expect(frame.tokens.map(({ standing }) => standing.kind)).not.toContain('unused');
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lets the tabs share what their browser stores', () => {
    const frame = lastOf([does('tabA', 'refresh'), does('tabB', 'refresh')]);
    expect(frame.presented).toEqual({ generation: 1, sibling: 1 });
  });

  it('leaves the old token in the browser when a response is lost', () => {
    const { holders } = lastOf([does('tabA', 'refresh-lost')]);
    expect(holders.browser).toEqual({ generation: 0, sibling: 1 });
  });

  it('adopts no late response when the browser holds another token by then', () => {
    const { holders } = lastOf([
      does('tabA', 'refresh-late'),
      HOUR,
      does('tabB', 'refresh'),
      does('tabA', 'receive'),
    ]);
    expect(holders.browser).toEqual({ generation: 1, sibling: 2 });
  });

  it('forgets the token of a client that is told that it is over', () => {
    const frame = lastOf([does('tabA', 'refresh-lost'), does('tabA', 'refresh')], singleUse);
    expect(frame.holders.browser).toBeUndefined();
    expect(frame.signedOut).toEqual(['browser']);
  });

  it('says why a step was not possible', () => {
    expect(lastOf([does('thief', 'refresh')]).skipped).toBe('holds no token');
    expect(lastOf([does('tabA', 'receive')]).skipped).toBe('nothing to receive');
    expect(lastOf([does('tabA', 'restore')]).skipped).toBe('holds no token');
    const out = [does('tabA', 'refresh-lost'), does('tabA', 'refresh'), does('tabB', 'refresh')];
    expect(lastOf(out, singleUse).skipped).toBe('signed out');
  });

  it('gives the browser a token again when it is restored after it was signed out', () => {
    const history = [
      does('tabA', 'backup'),
      does('tabA', 'refresh-lost'),
      { waitSeconds: 86_400 },
      does('tabA', 'refresh'),
      does('tabA', 'restore'),
    ];
    expect(lastOf(history, replayingGrace).signedOut).toEqual([]);
  });
});

describe('verdictOf', () => {
  it.each<[string, History, string]>([
    ['nobody steals and nobody is out', [does('tabA', 'refresh')], 'kept'],
    ['a thief has not come yet', [does('thief', 'steal')], 'kept'],
    [
      'a thief has been given a token',
      [does('thief', 'steal'), does('thief', 'refresh')],
      'thief-missed',
    ],
  ])('where %s', (_what, history, verdict) => {
    expect(verdictOf(lastOf(history))).toBe(verdict);
  });

  it('does not blame a thief who never came for the end of a session', () => {
    const history = [does('thief', 'steal'), does('tabA', 'refresh-lost'), does('tabA', 'refresh')];
    expect(verdictOf(lastOf(history, singleUse))).toBe('thrown-out');
  });
});
