import fc from 'fast-check';
import { secretWeakness, signingSecretWeakness } from './secret-strength.js';

const RANDOM = 'b7d1f0c64a9w83527c15e0d8936bfx42d';

describe('secretWeakness', () => {
  describe('needs 32 bytes', () => {
    it.each([
      ['nothing', '', false],
      ['31', RANDOM.slice(0, 31), false],
      ['32', RANDOM.slice(0, 32), true],
      ['33', RANDOM, true],
    ])('%s', (_bytes, secret, isGood) => {
      expect(secretWeakness(secret) === undefined).toBe(isGood);
    });

    it('counts bytes, not characters', () => {
      const letters = 'ñöçéåüßàøîþðæœłž';
      expect(secretWeakness(letters)).toBeUndefined();
      expect(secretWeakness(letters.slice(1) + 'x')).toBeDefined();
    });
  });

  it.each([
    'your-256-bit-secret-your-256-bit-secret',
    'your-super-secret-jwt-key-change-this-in-production',
    'your_jwt_secret_key_here_please_change_it',
    'change-me-change-me-change-me-change-me',
    'please-change-this-secret-key-please-do',
    'super-secret-jwt-key-at-least-32-chars-long',
    'supersecretkeythatshouldbechanged123456',
    'ThisIsMySuperSecretKeyForJWT1234567890',
    'insert-your-secret-key-here-as-you-like-it',
    'this_is_a_very_long_secret_key_for_jwt_tokens',
    'default-secret-key-for-development-only',
    'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET.',
    'keyboard cat and a few more words of mine',
    'secretsecretsecretsecretsecretsecret',
    'passwordpasswordpasswordpassword',
    'qwertyuiopasdfghjklzxcvbnm1234567890',
    'some-super-secret-string-nobody-knows',
  ])('refuses %s, which stands in tutorials', (placeholder) => {
    expect(secretWeakness(placeholder)).toBeDefined();
  });

  describe('refuses a placeholder in disguise', () => {
    it.each([
      'changeme',
      'change_me',
      'Change-Me!',
      'c.h.a.n.g.e.m.e',
      'your secret',
      'MY_JWT_SECRET',
      'supersecret',
      'REPLACE-ME',
    ])('%s', (placeholder) => {
      const disguises = [
        placeholder + RANDOM,
        RANDOM + placeholder,
        `${RANDOM.slice(0, 16)}-${placeholder}-${RANDOM.slice(16)}`,
        placeholder.padEnd(40, '0123456789'),
        placeholder.padStart(40, '='),
        `  ${placeholder}  ${RANDOM}\n`,
      ];
      for (const disguise of disguises) expect(secretWeakness(disguise)).toBeDefined();
    });
  });

  it.each([
    ['one letter', 'a'.repeat(32)],
    ['one letter for long', 'a'.repeat(1000)],
    ['one letter of two bytes', 'é'.repeat(16)],
    ['two letters', 'ab'.repeat(16)],
    ['four letters', 'abcd'.repeat(8)],
    ['a word', 'deadbeef'.repeat(4)],
    ['a word and digits', 'password123password123password123'],
    ['a sentence twice', 'thisisnotasecretthisisnotasecret1'],
    ['each letter many times', 'aaaaaaaabbbbbbbbccccccccdddddddd'],
    ['digits in a row', '01234567890123456789012345678901'],
    ['hexadecimal digits in a row', '0123456789abcdef0123456789abcdef'],
    ['the alphabet', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['the alphabet and all digits', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'],
    ['the alphabet backwards', 'zyxwvutsrqponmlkjihgfedcba987654'],
    ['every second letter', 'acegikmoqsuwyacegikmoqsuwyacegik'],
  ])('refuses %s', (_case, secret) => {
    expect(secretWeakness(secret)).toBeDefined();
  });

  it.each([
    [
      'a sentence in base64',
      Buffer.from('Nobody will ever find out what it says.').toString('base64'),
    ],
    ['letters in hexadecimal', Buffer.from('v9y$B&E)H@McQfTjWnZr4u7x!A%D*G-K').toString('hex')],
    ['a placeholder in base64', Buffer.from('your-256-bit-secret-goes-here-ok').toString('base64')],
    ['a UUID in base64', Buffer.from('0a6b944d-d2fb-46fc-a85e-0295c986cd9f').toString('base64url')],
    // From public lists of leaked secrets; they look as random as any.
    ['one that is published', 'r9iMKoe5CRMgvJBBtp4HrqN7QiPpUToj'],
    ['another', '1fff2f470577340c79ee83b7ac99bcf33e8b92123cf2f62511e24b621ee261b8'],
  ])('refuses %s', (_case, secret) => {
    expect(secretWeakness(secret)).toBeDefined();
  });

  it('takes 64 random hexadecimal digits, be they encoded once more', () => {
    const secret = '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1';
    expect(signingSecretWeakness(secret)).toBeUndefined();
    expect(signingSecretWeakness(Buffer.from(secret).toString('base64'))).toBeUndefined();
  });

  const randomBytes = (length: number) =>
    fc.noBias(fc.uint8Array({ minLength: length, maxLength: length }));
  it.each([
    ['32 bytes in hexadecimal', 32, 'hex'],
    ['32 bytes in base64url', 32, 'base64url'],
    ['24 bytes in base64', 24, 'base64'],
    ['32 hexadecimal digits', 16, 'hex'],
  ] as const)('never refuses random %s', (_case, length, encoding) => {
    const isGood = (bytes: Uint8Array) =>
      secretWeakness(Buffer.from(bytes).toString(encoding)) === undefined;
    fc.assert(fc.property(randomBytes(length), isGood), { numRuns: 500 });
  });
});

describe('signingSecretWeakness', () => {
  it.each([
    ['a UUID', '0a6b944d-d2fb-46fc-a85e-0295c986cd9f'],
    ['a UUID in braces', '{0A6B944D-D2FB-46FC-A85E-0295C986CD9F}'],
    ['63 hexadecimal digits', '16f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e'],
    ['what no other secret may be', 'your-256-bit-secret-your-256-bit-secret'],
  ])('refuses %s', (_case, secret) => {
    expect(signingSecretWeakness(secret)).toBeDefined();
  });
});
