import fc from 'fast-check';
import { exceedsBounds } from './json-bounds.js';

const exceeds = (json: string) => exceedsBounds(Buffer.from(json));
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const object = (members: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: members }, (_, at) => [`m${at}`, at])));

describe('exceedsBounds', () => {
  it.each([
    [31, false],
    [32, false],
    [33, true],
    [50_000, true],
  ])('of a text that is %d levels deep: %p', (depth, does) => {
    expect(exceeds(nested(depth))).toBe(does);
    expect(exceeds(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)).toBe(does);
  });

  it.each([
    [999, false],
    [1000, false],
    [1001, true],
  ])('of a text with %d members: %p', (members, does) => {
    expect(exceeds(object(members))).toBe(does);
    expect(exceeds(JSON.stringify(Array(members).fill(0)))).toBe(does);
    expect(exceeds(JSON.stringify(Array(members).fill({})))).toBe(does);
    expect(exceeds(JSON.stringify([Array(members - 1).fill('x')]))).toBe(does);
    expect(exceeds(JSON.stringify({ a: Array(members - 2).fill([]), b: 1 }))).toBe(does);
  });

  it('takes no notice of what stands in strings', () => {
    const texts = [
      '[{'.repeat(1000),
      ','.repeat(5000),
      '"',
      '\\',
      '\\"[',
      '\\\\',
      `"${nested(40)}"`,
    ];
    for (const text of texts) expect(exceeds(JSON.stringify({ [text]: [text] }))).toBe(false);
  });

  it('is not led out of a string or into one by backslashes', () => {
    const deep = nested(33);
    expect(exceeds(`["\\\\", ${deep}]`)).toBe(true);
    expect(exceeds(`["\\\\\\"${deep}"]`)).toBe(false);
    expect(exceeds(`["\\"", ${deep}, "\\""]`)).toBe(true);
  });

  it.each(['', '"', '"\\', '[', ']]]]', '{"a"', ',', 'nothing'])('ends with %j', (text) => {
    expect(exceeds(text)).toBe(false);
  });

  it('counts what a parser would count', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 40 }), (json) => {
        const { depth, members } = sizeOf(JSON.parse(json));
        expect(exceeds(json)).toBe(depth > 32 || members > 1000);
      }),
    );
  });

  it.each(['\\"', '\\', '"', '[', '",', ' '])('is quick about 100 kB of %j', (part) => {
    const beganAt = performance.now();
    exceeds(`["${part.repeat(100_000 / part.length)}`);
    expect(performance.now() - beganAt).toBeLessThan(100);
  });
});

function sizeOf(value: unknown): { depth: number; members: number } {
  if (typeof value !== 'object' || value === null) return { depth: 0, members: 0 };
  const inner = Object.values(value).map(sizeOf);
  return {
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
    members: inner.reduce((sum, { members }) => sum + members, inner.length),
  };
}
