import { seal, unseal } from './sealed-data.js';

const DATA = { token: 'abc', code: '12345678' };

describe('seal', () => {
  it('shows nothing of the data, and never the same twice', () => {
    const sealed = seal(DATA, 'id', 'secret');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('12345678');
    expect(seal(DATA, 'id', 'secret')).not.toBe(sealed);
  });
});

describe('unseal', () => {
  it.each([
    ['by the secret', ['secret', undefined]],
    ['by the previous one', ['new', 'secret']],
  ])('opens it %s', (_, secrets) => {
    expect(unseal(seal(DATA, 'id', 'secret'), 'id', secrets)).toEqual(DATA);
  });

  it.each([
    ['with other secrets', 'id', ['new', 'old'], ''],
    ['in another row', 'other', ['secret'], ''],
    ['changed', 'id', ['secret'], 'AAAA'],
  ])('refuses it %s', (_, id, secrets, suffix) => {
    expect(() => unseal(seal(DATA, 'id', 'secret') + suffix, id, secrets)).toThrow('JWT_SECRET');
  });

  it('refuses what is no sealed data', () => {
    for (const text of ['', '{}', 'A'.repeat(10)])
      expect(() => unseal(text, 'id', ['secret'])).toThrow('JWT_SECRET');
  });
});
