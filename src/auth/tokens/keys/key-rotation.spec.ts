import { neededKeys, rotateKeys } from './key-rotation.js';
import { newKey } from './new-key.js';
import type { DatedKey } from './stored-keys.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const SETTLES_IN_MS = 120_000;
const NEEDED_FOR_MS = 25 * 3_600_000;

const before = (ms: number) => new Date(NOW.getTime() - ms);
const after = (ms: number) => new Date(NOW.getTime() + ms);
const makeKey = () => newKey(NOW);
const signing = newKey(before(NEEDED_FOR_MS));

const retired = (retiredAt: Date): DatedKey => ({
  ...newKey(before(NEEDED_FOR_MS)),
  d: undefined,
  retired_at: retiredAt.toISOString(),
});
const idsOf = (keys: readonly DatedKey[]) => keys.map(({ kid }) => kid);

describe('rotateKeys', () => {
  it('creates the first key, which signs', () => {
    const { step, keys } = rotateKeys([], NOW, makeKey);
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ d: expect.any(String), created_at: NOW.toISOString() });
    expect(step).toEqual({ kind: 'created', keyId: keys[0]?.kid });
  });

  it('adds a key behind the one that goes on signing', () => {
    const { step, keys } = rotateKeys([signing], NOW, makeKey);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toBe(signing);
    expect(step).toEqual({
      kind: 'added',
      keyId: keys[1]?.kid,
      promotableAt: after(SETTLES_IN_MS),
    });
  });

  it.each([
    ['waits just before a new key has settled', SETTLES_IN_MS - 1, 'too-early'],
    ['promotes it at that moment', SETTLES_IN_MS, 'promoted'],
    ['promotes it later', SETTLES_IN_MS + 1, 'promoted'],
    ['waits where the clock that dated it was ahead', -1, 'too-early'],
  ])('%s', (_case, ageMs, kind) => {
    expect(rotateKeys([signing, newKey(before(ageMs))], NOW, makeKey).step.kind).toBe(kind);
  });

  it('changes nothing while it waits', () => {
    const given = [signing, newKey(NOW)];
    const { step, keys } = rotateKeys(given, NOW, makeKey);
    expect(keys).toBe(given);
    expect(step).toEqual({
      kind: 'too-early',
      keyId: given[1]?.kid,
      promotableAt: after(SETTLES_IN_MS),
    });
  });

  it('lets the promoted key sign, and keeps the public half alone of the one before it', () => {
    const older = retired(before(1000));
    const next = newKey(before(SETTLES_IN_MS));
    const { step, keys } = rotateKeys([signing, older, next], NOW, makeKey);
    expect(keys).toEqual([
      next,
      { ...signing, d: undefined, retired_at: NOW.toISOString() },
      older,
    ]);
    expect(step).toEqual({
      kind: 'promoted',
      keyId: next.kid,
      retiredId: signing.kid,
      neededUntil: after(NEEDED_FOR_MS),
    });
  });

  it('begins anew once a key was promoted, even at once: a key that leaked cannot wait', () => {
    const { keys } = rotateKeys([signing, newKey(before(SETTLES_IN_MS))], NOW, makeKey);
    expect(rotateKeys(keys, NOW, makeKey).step.kind).toBe('added');
  });

  it('never promotes a key that only verifies', () => {
    const foreign = { ...newKey(before(SETTLES_IN_MS)), d: undefined };
    expect(rotateKeys([signing, foreign], NOW, makeKey).step.kind).toBe('added');
  });
});

describe('neededKeys', () => {
  it.each([
    ['keeps a retired key while a token of it may live', NEEDED_FOR_MS - 1, 2],
    ['drops it at that moment', NEEDED_FOR_MS, 1],
    ['drops it later', NEEDED_FOR_MS + 1, 1],
  ])('%s', (_case, agoMs, count) => {
    expect(neededKeys([signing, retired(before(agoMs))], NOW)).toHaveLength(count);
  });

  it('keeps keys that never signed', () => {
    const keys = [signing, newKey(before(2 * NEEDED_FOR_MS))];
    expect(neededKeys(keys, NOW)).toEqual(keys);
  });

  it('keeps the first key, whatever it says', () => {
    const keys = [{ ...signing, retired_at: before(2 * NEEDED_FOR_MS).toISOString() }];
    expect(idsOf(neededKeys(keys, NOW))).toEqual([signing.kid]);
  });
});
