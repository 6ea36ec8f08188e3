import { SCENARIOS } from '../../test/scenario-files.js';
import { play } from '../history/play.js';
import { RULES } from '../rules/index.js';
import { layoutOf, NODE, PILL } from './layout.js';

const LAYOUTS = SCENARIOS.flatMap(({ id, steps }) =>
  RULES.flatMap((rule) =>
    play(steps, rule).map((frame, step) => ({ where: `${id}, ${rule.id}, ${step}`, frame })),
  ),
).map(({ where, frame }) => ({ where, frame, layout: layoutOf(frame) }));

describe('layoutOf', () => {
  it('keeps every token with its holders inside the picture, and apart from the others', () => {
    for (const { where, layout } of LAYOUTS) {
      const boxes = layout.tokens.map(({ x, y, holders, flights }) => ({
        left: x,
        right: x + NODE.width,
        top: y,
        bottom: y + NODE.height + (holders.length + flights) * (PILL.height + PILL.gap),
      }));
      const outside = boxes.filter(
        ({ left, right, top, bottom }) =>
          left < 0 || top < 0 || right > layout.width || bottom > layout.height,
      );
      const overlapping = boxes.filter((a, index) =>
        boxes.some(
          (b, other) =>
            other !== index &&
            a.left < b.right &&
            b.left < a.right &&
            a.top < b.bottom &&
            b.top < a.bottom,
        ),
      );
      expect({ where, outside, overlapping }).toEqual({ where, outside: [], overlapping: [] });
    }
  });

  it('connects every token but the first with its parent', () => {
    for (const { where, layout } of LAYOUTS) {
      expect({ where, lines: layout.lines.length }).toEqual({
        where,
        lines: layout.tokens.length - 1,
      });
    }
  });

  it('shows how much of a window is left', () => {
    const left = LAYOUTS.flatMap(({ layout }) => layout.tokens).map(({ windowLeft }) => windowLeft);
    for (const share of left.filter((each) => each !== undefined)) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(new Set(left).size).toBeGreaterThan(2);
  });
});
