import { visible } from './visible.js';

describe('visible', () => {
  it.each([
    ['an escape sequence', 'Ada\u001b[2J\u001b]0;x\u0007', 'Ada\\u001b[2J\\u001b]0;x\\u0007'],
    ['the same in one character', '\u009b31m', '\\u009b31m'],
    ['a line of its own', 'Ada\r\nid: 1', 'Ada\\u000d\\u000aid: 1'],
    ['line breaks of Unicode', '\u0085\u2028\u2029', '\\u0085\\u2028\\u2029'],
    ['a changed direction', '\u202egnp.exe\u2066', '\\u202egnp.exe\\u2066'],
    ['marks of a direction', '\u061c\u200e\u200f', '\\u061c\\u200e\\u200f'],
    ['letters without width', 'a\u200bd\ufeffa', 'a\\u200bd\\ufeffa'],
    ['hidden tags beyond 16 bits', '\u{e0041}', '\\udb40\\udc41'],
    ['half a character', '\ud83d', '\\ud83d'],
    ['what is deleted', '\u0000\u007f', '\\u0000\\u007f'],
  ])('shows %s', (_what, line, shown) => {
    expect(visible(line)).toBe(shown);
  });

  it.each(['Zoë Łukasz', 'محمد', '李小龍', 'a\\u001b', '🔑 "quoted"', ''])('leaves %j', (line) => {
    expect(visible(line)).toBe(line);
  });

  it('leaves JSON that says the same', () => {
    const result = { name: '\u001b[31m\u009b\u202e\u{e0041}\n"\\' };
    const line = visible(JSON.stringify(result));
    expect(line).not.toMatch(/[^\x20-\x7e]/);
    expect(JSON.parse(line)).toEqual(result);
  });
});
