import { isAnomaly, isWarning, SECURITY_EVENTS } from '../../../../src/platform/events/index.js';
import { de } from '../../texts/de.js';
import { en } from '../../texts/en.js';
import { EVENT_TYPES, eventTypeOf, filterOf, FILTERS, isShown } from './event-types.js';

const TYPES = Object.keys(SECURITY_EVENTS) as (keyof typeof SECURITY_EVENTS)[];

describe('EVENT_TYPES', () => {
  it('are those of the server', () => {
    expect(Object.keys(EVENT_TYPES).sort()).toEqual([...TYPES].sort());
  });

  it.each(TYPES)('%s has a sentence in both languages, and the weight of the server', (name) => {
    const { text, weight } = eventTypeOf(name);
    expect(text).toBe(`event.${name}`);
    for (const texts of [en, de]) expect(texts[text]).toMatch(/^\S.+\.$/);
    expect(de[text]).not.toBe(en[text]);
    const expected = isAnomaly(name) ? 'unusual' : isWarning(name) ? 'failed' : 'usual';
    expect(weight).toBe(expected);
  });
});

describe('eventTypeOf', () => {
  it.each(['of_a_later_version', 'toString', '__proto__', ''])('takes %j for unknown', (name) => {
    expect(eventTypeOf(name)).toMatchObject({ text: 'event.unknown', weight: 'usual' });
  });
});

describe('isShown', () => {
  it('shows every event where there is no filter', () => {
    expect(TYPES.every((name) => isShown(name, 'all'))).toBe(true);
  });

  it.each([
    ['new_device', ['all', 'unusual', 'signIns']],
    ['login_failed', ['all', 'unusual', 'signIns']],
    ['logout', ['all', 'sessions']],
    ['password_changed', ['all', 'account']],
    ['of_a_later_version', ['all']],
  ])('shows %s among %j', (name, filters) => {
    expect(FILTERS.filter((filter) => isShown(name, filter))).toEqual(filters);
  });
});

describe('filterOf', () => {
  it.each([
    ['', 'all'],
    ['show=unusual', 'unusual'],
    ['show=signIns', 'signIns'],
    ['show=<script>', 'all'],
  ])('of "%s" is %s', (query, filter) => {
    expect(filterOf(new URLSearchParams(query))).toBe(filter);
  });
});
