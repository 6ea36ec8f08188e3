import { formatMark, parseMark } from './mark.js';

const ORIGIN = '0000000A1f2e3d4c5b6a7';
const snapshotOf = (characters: number) => `1:9:${'7'.padEnd(characters - 4, ',7')}`;

describe('formatMark', () => {
  it.each([
    [4095, true],
    [4096, true],
    [4097, false],
  ])('of %d characters is a text: %p', (length, isText) => {
    const snapshot = snapshotOf(length - ORIGIN.length - 1);
    expect(formatMark({ origin: ORIGIN, snapshot })).toBe(isText ? `${ORIGIN}.${snapshot}` : '');
  });
});

describe('parseMark', () => {
  it.each(['780:780:', '780:790:780,785', '18446744073709551615:18446744073709551615:'])(
    'reads what formatMark has written: %s',
    (snapshot) => {
      const mark = { origin: ORIGIN, snapshot };
      expect(parseMark(formatMark(mark))).toEqual(mark);
    },
  );

  it.each([
    '',
    'x',
    ORIGIN,
    `${ORIGIN}.`,
    `${ORIGIN}.780`,
    `${ORIGIN}.780:780`,
    `${ORIGIN}.780:780:,`,
    `${ORIGIN}.780:780:780,`,
    `${ORIGIN}.-1:780:`,
    `${ORIGIN}.780:780:\n`,
    ` ${ORIGIN}.780:780:`,
    `0000000A.780:780:`,
    `0000000a1f2e3d4c5b6a7.780:780:`,
    `${ORIGIN}.${'1'.repeat(21)}:780:`,
    `${ORIGIN}.${snapshotOf(4100)}`,
  ])('takes nothing else: %j', (text) => {
    expect(parseMark(text)).toBeUndefined();
  });
});
