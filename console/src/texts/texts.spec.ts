import { messageFor, MESSAGES } from '@evergreen-auth/client/messages';
import { de } from './de.js';
import { en, type TextKey } from './en.js';
import { errorsDe, waitDe } from './errors.de.js';

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

describe('errorsDe', () => {
  it.each(Object.entries(MESSAGES))('has a German sentence for %s', (code, english) => {
    const german = errorsDe[code as keyof typeof MESSAGES];
    expect(german).toMatch(/^[A-ZÄÖÜ][^_<>]*[.]$/);
    expect(german).not.toBe(english);
    expect(placeholders(german)).toEqual(placeholders(english));
  });

  it('has no sentence for a code that does not exist', () => {
    expect(Object.keys(errorsDe)).toEqual(Object.keys(MESSAGES));
  });
});

describe('waitDe', () => {
  it.each([
    [undefined, 'in einem Moment'],
    [1, 'in 1 Sekunde'],
    [60, 'in 1 Minute'],
    [7200, 'in 2 Stunden'],
  ])('says in German how long to wait: %p seconds', (retryAfterSeconds, wait) => {
    const text = messageFor({ code: 'rate_limited', retryAfterSeconds }, errorsDe, waitDe);
    expect(text).toContain(` ${wait} `);
  });
});

describe('de', () => {
  const keys = Object.keys(en) as TextKey[];

  it('has the keys of the English texts, in their order', () => {
    expect(Object.keys(de)).toEqual(keys);
  });

  it.each(keys)('has the values of the English text: %s', (key) => {
    expect(de[key]).not.toBe('');
    expect(placeholders(de[key])).toEqual(placeholders(en[key]));
  });
});
