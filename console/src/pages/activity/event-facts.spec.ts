import type { SecurityEvent } from '../../client/events.js';
import { factsOf, reasonOf } from './event-facts.js';

const event = (changes: Partial<SecurityEvent> = {}): SecurityEvent => ({
  id: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10',
  type: 'session_ended',
  occurred_at: '2026-11-30T09:00:00.000Z',
  session_id: null,
  device_name: null,
  network: null,
  details: {},
  ...changes,
});

describe('reasonOf', () => {
  it.each([
    [{ reason: 'too_many_sessions' }, 'event.reason.too_many_sessions'],
    [{ reason: 'toString' }, undefined],
    [{ reason: { toString: 'x' } }, undefined],
    [{}, undefined],
  ])('of %j is %s', (details, key) => {
    expect(reasonOf(event({ details }))).toBe(key);
  });
});

describe('factsOf', () => {
  it('names the type, each detail and the session', () => {
    const details = { sessions: 3, by_session: 'b', nested: { of: ['a', null] } };
    expect(factsOf(event({ details, session_id: 's' }))).toEqual([
      ['type', 'session_ended'],
      ['sessions', '3'],
      ['by_session', 'b'],
      ['nested', '{"of":["a",null]}'],
      ['session', 's'],
    ]);
  });

  it.each([
    ['Chrome\u202e niw', 'Chrome\\u202e niw'],
    ['a\nb\u0000', 'a\\u000ab\\u0000'],
    ['\u{e0041}\ud83d', '\\udb40\\udc41\\ud83d'],
    ['Zoë 李 שלום', 'Zoë 李 שלום'],
  ])('shows %j as %s', (text, shown) => {
    expect(factsOf(event({ details: { [text]: text } }))[1]).toEqual([shown, shown]);
  });

  it.each([
    [4096, 4096],
    [4097, 4098],
    [100_000, 4098],
  ])('of a text of %d characters shows %d', (length, shown) => {
    expect(factsOf(event({ details: { x: 'x'.repeat(length) } }))[1]?.[1]).toHaveLength(shown);
  });
});
