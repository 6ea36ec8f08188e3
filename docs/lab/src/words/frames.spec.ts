import { SCENARIOS } from '../../test/scenario-files.js';
import { type Frame, play } from '../history/play.js';
import { ACTORS, MOVES } from '../history/step.js';
import { RULES } from '../rules/index.js';
import { frameInWords, pictureInWords, stepInWords } from './frames.js';

const SENTENCES = /^[A-Z0-9][^{}<>]*[.]$/;

describe('frameInWords', () => {
  /** All that the page can have to tell: each scenario, and each move at the start and at the end. */
  const frames = RULES.flatMap((rule) =>
    SCENARIOS.flatMap(({ steps }) =>
      ACTORS.flatMap((actor) =>
        MOVES[actor].flatMap((action) => {
          const move = { actor, action };
          return play([move, ...steps, move], rule);
        }),
      ),
    ),
  );

  it('tells each frame in sentences, without a gap', () => {
    for (const sentence of new Set(frames.map(frameInWords))) {
      expect(sentence).toMatch(SENTENCES);
      expect(sentence).not.toMatch(/undefined|null|NaN|no token[.,]/);
    }
  });

  it('describes each picture', () => {
    for (const sentence of new Set(frames.map(pictureInWords)))
      expect(sentence).toMatch(/^(The session has ended[.] )?Token 1: /);
  });

  const told = (frame: Partial<Frame>) => frameInWords(frame as Frame);
  const presented = { generation: 1, sibling: 1 };
  const received = { generation: 2, sibling: 2 };

  it('says where the response went', () => {
    const refresh = (action: 'refresh' | 'refresh-lost' | 'refresh-late' | 'refresh-unstored') =>
      told({ step: { actor: 'tabA', action }, outcome: 'reissued', presented, received });
    expect(refresh('refresh')).toBe('Tab A presents token 2 and is given another token, 3b.');
    expect(refresh('refresh-lost')).toContain('the response is lost, and token 3b with it');
    expect(refresh('refresh-late')).toContain('still on its way');
    expect(refresh('refresh-unstored')).toContain('which is not stored');
  });

  it('says why nothing happened', () => {
    const step = { actor: 'thief', action: 'refresh' } as const;
    expect(told({ step, skipped: 'holds no token' })).toBe('Thief has no token to use.');
    expect(told({ step, skipped: 'signed out' })).toBe('Thief is signed out already.');
  });
});

describe('stepInWords', () => {
  it('names every step', () => {
    expect(stepInWords(undefined)).toBe('The user signs in');
    expect(stepInWords({ waitSeconds: 3600 })).toBe('1 hour passes');
    for (const actor of ACTORS)
      for (const action of MOVES[actor]) expect(stepInWords({ actor, action })).toMatch(/^[A-Z2]/);
  });
});
