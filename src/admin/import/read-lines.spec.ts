import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MAX_LINE_BYTES, readLines, type Place } from './read-lines.js';

describe('readLines', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'evergreen-lines-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const linesOf = async (text: string, from: Place = { atByte: 0, lines: 0 }, more = '') => {
    const path = join(folder, 'file');
    writeFileSync(path, text + more);
    const lines: [number, number, string | undefined][] = [];
    for await (const { number, endsAtByte, bytes } of readLines(
      path,
      from,
      Buffer.byteLength(text),
    ))
      lines.push([number, endsAtByte, bytes?.toString()]);
    return lines;
  };

  it.each([
    ['nothing', '', []],
    ['one line', 'a\n', [[1, 2, 'a']]],
    ['a last line without its end', 'a\nbc', [[1, 2, 'a'], [2, 4, 'bc']]], // prettier-ignore
    ['blank lines', '\n\na\n', [[1, 1, ''], [2, 2, ''], [3, 4, 'a']]], // prettier-ignore
    ['wide characters', 'é\nü\n', [[1, 3, 'é'], [2, 6, 'ü']]], // prettier-ignore
  ])('reads %s', async (_what, text, lines) => {
    expect(await linesOf(text)).toEqual(lines);
  });

  it('goes on from where a line has ended', async () => {
    expect(await linesOf('a\nbc\nd\n', { atByte: 2, lines: 1 })).toEqual([
      [2, 5, 'bc'],
      [3, 7, 'd'],
    ]);
    expect(await linesOf('a\n', { atByte: 2, lines: 1 })).toEqual([]);
  });

  it('reads nothing that was appended since it looked at the size', async () => {
    expect(await linesOf('a\n', undefined, 'b\n')).toEqual([[1, 2, 'a']]);
  });

  it.each([
    [MAX_LINE_BYTES - 1, true],
    [MAX_LINE_BYTES, true],
    [MAX_LINE_BYTES + 1, false],
    [20 * MAX_LINE_BYTES, false],
  ])('keeps a line of %d bytes: %p', async (length, isKept) => {
    const long = 'x'.repeat(length);
    expect(await linesOf(`a\n${long}\nb\n`)).toEqual([
      [1, 2, 'a'],
      [2, 3 + length, isKept ? long : undefined],
      [3, 5 + length, 'b'],
    ]);
  });
});
