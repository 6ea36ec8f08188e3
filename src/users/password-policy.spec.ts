import { isAcceptablePassword, isHashable } from './password-policy.js';

const SENTENCE = 'a sentence that nobody would guess, and that goes on for a good while more';
const KEY = '\u{1f511}';

describe('isAcceptablePassword', () => {
  it.each([
    ['nothing', '', false],
    ['7 characters', 'kV9;x#q', false],
    ['8 characters', 'kV9;x#qz', true],
    ['9 characters', 'kV9;x#qz2', true],
    ['7 characters of 14 halves', KEY.repeat(7), false],
    ['8 characters of 16 halves', KEY.repeat(8), true],
    ['71 bytes', SENTENCE.slice(0, 71), true],
    ['72 bytes', SENTENCE.slice(0, 72), true],
    ['73 bytes', SENTENCE.slice(0, 73), false],
    ['71 bytes of 22 characters', 'ñ1!' + KEY.repeat(16) + '123', true],
    ['72 bytes of 18 characters', KEY.repeat(18), true],
    ['73 bytes of 19 characters', KEY.repeat(18) + '!', false],
    ['1 MB', 'x'.repeat(1_000_000), false],
    ['7 characters that were typed as 14', 'ñ'.repeat(7).normalize('NFD'), false],
    ['72 bytes that were typed as 108', 'ñ'.repeat(36).normalize('NFD'), true],
    ['74 bytes that were typed as 111', 'ñ'.repeat(37).normalize('NFD'), false],
  ])('%s', (_case, password, isAcceptable) => {
    expect(isAcceptablePassword(password)).toBe(isAcceptable);
  });

  it.each(['password', '12345678', 'qwertyuiop', 'iloveyou', 'baseball', '1qaz2wsx', 'trustno1'])(
    'refuses %s, in capitals too',
    (common) => {
      expect(isAcceptablePassword(common)).toBe(false);
      expect(isAcceptablePassword(common.toUpperCase())).toBe(false);
      expect(isAcceptablePassword(common.charAt(0).toUpperCase() + common.slice(1))).toBe(false);
    },
  );

  it.each([
    'correct horse battery staple',
    'lowercase letters only',
    '  spaces around  ',
    'ключ от дома',
    'constructor',
    '__proto__',
    'toString',
  ])('asks for no composition: %j', (password) => {
    expect(isAcceptablePassword(password)).toBe(true);
  });
});

describe('isHashable', () => {
  it.each([
    ['nothing', '', true],
    ['71 bytes', 'x'.repeat(71), true],
    ['72 bytes', 'x'.repeat(72), true],
    ['73 bytes', 'x'.repeat(73), false],
    ['36 characters of two bytes', 'ñ'.repeat(36), true],
    ['37 characters of two bytes', 'ñ'.repeat(37), false],
  ])('%s', (_case, password, expected) => {
    expect(isHashable(password)).toBe(expected);
  });
});
