import { areIdentityNames } from './identity-names.js';

/** Of three bytes each. */
const wide = (characters: number) => '語'.repeat(characters);

describe('areIdentityNames', () => {
  it.each([
    ['one character each', 'i', 's', true],
    ['no issuer', '', 's', false],
    ['no subject', 'i', '', false],
    ['499 characters', 'i'.repeat(499), 's', true],
    ['500 characters', 'i', 's'.repeat(500), true],
    ['501 characters', 'i', 's'.repeat(501), false],
    ['1,999 bytes', wide(500), wide(166) + 's', true],
    ['2,000 bytes', wide(500), wide(166) + 'ss', true],
    ['2,001 bytes', wide(500), wide(167), false],
    ['a NUL character', 'i', 'a\u0000b', false],
    ['a line end', 'i\n', 's', false],
    ['half a character', 'i', '\ud83d', false],
    ['a number', 'i', 7, false],
    ['undefined', undefined, 's', false],
  ])('%s', (_what, issuer, subject, expected) =>
    expect(areIdentityNames({ issuer, subject })).toBe(expected),
  );
});
