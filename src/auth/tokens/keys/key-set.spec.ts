import { sign, verify } from 'node:crypto';
import { keySetOf } from './key-set.js';
import { newKey } from './new-key.js';
import { KeyFileError } from './stored-keys.js';

const first = newKey(new Date());
const second = newKey(new Date());

describe('keySetOf', () => {
  it('signs with the first key, and verifies with all', () => {
    const { signing, verifying } = keySetOf([first, second]);
    expect(signing).toMatchObject({ id: first.kid, algorithm: 'ES256' });
    expect(verifying.map(({ id, algorithm }) => [id, algorithm])).toEqual([
      [first.kid, 'ES256'],
      [second.kid, 'ES256'],
    ]);
    const signature = sign('sha256', Buffer.from('a token'), signing.key);
    expect(
      verifying.map(({ key }) => verify('sha256', Buffer.from('a token'), key, signature)),
    ).toEqual([true, false]);
  });

  it('holds no private key but the one that signs', () => {
    const { signing, verifying } = keySetOf([first, second]);
    expect([signing, ...verifying].map(({ key }) => key.type)).toEqual([
      'private',
      'public',
      'public',
    ]);
  });

  it('publishes public halves alone, whatever else the file says', () => {
    const { published } = keySetOf([{ ...first, note: 'a secret' }, second]);
    expect(published).toEqual(
      [first, second].map(({ kid, x, y }) => ({
        kid,
        alg: 'ES256',
        use: 'sig',
        kty: 'EC',
        crv: 'P-256',
        x,
        y,
      })),
    );
  });

  it.each([
    ['a private part of another key', [{ ...first, d: second.d }], 'are no pair'],
    ['a second key whose private part is wrong', [first, { ...second, d: first.d }], 'are no pair'],
    ['a point that is not on the curve', [{ ...first, y: second.y }], 'is no point of P-256'],
    ['a private part of nought', [{ ...first, d: 'A'.repeat(43) }], 'are no pair'],
    [
      'a private part beyond the order of the curve',
      [{ ...first, d: '_'.repeat(42) + '8' }],
      'are no pair',
    ],
  ])('refuses %s', (_case, stored, reason) => {
    expect(() => keySetOf(stored)).toThrow(KeyFileError);
    expect(() => keySetOf(stored)).toThrow(reason);
  });
});
