import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERRORS } from '#protocol';
import { AuthError } from '../core/index.js';
import { messageFor, MESSAGES, type Wait } from './index.js';

/** Codes that are the client's own and stand in a source of it: `new AuthError('auth', 'declined')`. */
function codesInSources(): string[] {
  const folder = join(__dirname, '..');
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return sources.flatMap((source) =>
    [...source.matchAll(/new AuthError\(\s*'(\w+)'(?:,\s*'(\w+)')?/g)].map(
      ([, kind = '', code = kind]) => code,
    ),
  );
}

describe('MESSAGES', () => {
  it.each(Object.keys(ERRORS))('has a sentence for what the server answers: %s', (code) => {
    expect(MESSAGES).toHaveProperty(code);
  });

  it('has a sentence for every code that the client makes itself', () => {
    const codes = [...new Set(codesInSources())];
    expect(codes).toEqual(expect.arrayContaining(['not_authenticated', 'timeout']));
    expect(codes.filter((code) => !(code in MESSAGES))).toEqual([]);
  });

  it.each([
    ...['network', 'timeout', 'server', 'throttled', 'auth', 'aborted', 'storage'],
    ...['not_authenticated', 'signed_out', 'replay_impossible', 'disposed', 'degraded'],
    ...['transaction_failed', 'declined', 'reauth_required', 'session_mismatch'],
    ...['expired', 'revoked', 'reused', 'key_lost', 'none'],
  ])('has a sentence for what the client says: %s', (code) => {
    expect(MESSAGES).toHaveProperty(code);
  });

  it.each(Object.entries(MESSAGES))('says so in whole sentences, for people: %s', (code, text) => {
    expect(text).toMatch(/^[A-Z][^_<>]*[.]$/);
    expect(text).not.toMatch(/token|server|request|session|JSON|HTTP|header|invalid|error/i);
    expect(text).not.toContain(`${code}_`);
  });
});

describe('messageFor', () => {
  it('has a sentence for what was thrown', () => {
    expect(messageFor(new AuthError('auth', 'invalid_credentials'))).toBe(
      MESSAGES.invalid_credentials,
    );
  });

  it('has one for why nobody is signed in', () => {
    expect(messageFor({ code: 'expired' })).toBe(MESSAGES.expired);
  });

  it.each([
    [undefined, 'in a moment'],
    [0, 'in a moment'],
    [-3, 'in a moment'],
    [NaN, 'in a moment'],
    [Infinity, 'in a moment'],
    [0.2, 'in 1 second'],
    [1, 'in 1 second'],
    [1.1, 'in 2 seconds'],
    [59, 'in 59 seconds'],
    [60, 'in 1 minute'],
    [61, 'in 2 minutes'],
    [3540, 'in 59 minutes'],
    [3541, 'in 1 hour'],
    [3601, 'in 2 hours'],
  ])('says how long to wait: %p seconds', (retryAfterSeconds, wait) => {
    expect(messageFor({ code: 'rate_limited', retryAfterSeconds })).toContain(`again ${wait}.`);
  });

  it('takes the sentence of the kind where a code is new to it', () => {
    const error = new AuthError('throttled', 'quota_of_a_team', { retryAfterSeconds: 30 });
    expect(messageFor(error)).toBe(messageFor({ code: 'throttled', retryAfterSeconds: 30 }));
    expect(messageFor(new AuthError('auth', 'plan_required'))).toBe(MESSAGES.auth);
  });

  it.each([undefined, null, 'text', 17, {}, new TypeError('x is undefined'), { code: 404 }])(
    'has a sentence for whatever else was thrown: %p',
    (error) => {
      expect(messageFor(error)).toBe(MESSAGES.unknown);
    },
  );

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'does not take the code %s for what every object has',
    (code) => {
      expect(messageFor({ code })).toBe(MESSAGES.unknown);
      expect(messageFor({ code, kind: code }, {})).toBe(MESSAGES.unknown);
    },
  );

  describe('with sentences of an application', () => {
    it('prefers those, also for codes of its own', () => {
      const overrides = { email_taken: 'Déjà pris.', plan_required: 'Zu wenig.' };
      expect(messageFor({ code: 'email_taken' }, overrides)).toBe('Déjà pris.');
      expect(messageFor({ code: 'plan_required', kind: 'auth' }, overrides)).toBe('Zu wenig.');
      expect(messageFor({ code: 'conflict' }, overrides)).toBe(MESSAGES.conflict);
    });

    it('fills in the time to wait, or lets a function say it', () => {
      const error = { code: 'rate_limited', retryAfterSeconds: 90 };
      expect(messageFor(error, { rate_limited: 'Back {wait}!' })).toBe('Back in 2 minutes!');
      expect(
        messageFor(error, { rate_limited: ({ retryAfterSeconds }) => `${retryAfterSeconds} s` }),
      ).toBe('90 s');
    });

    it.each([
      [undefined, 'bald'],
      [30, 'in 30 Sekunden'],
      [61, 'in 2 Minuten'],
      [7200, 'in 2 Stunden'],
    ])('says how long to wait in its language: %p seconds', (retryAfterSeconds, wait) => {
      const german = new Intl.RelativeTimeFormat('de');
      const inGerman: Wait = (amount, unit) => (amount ? german.format(amount, unit) : 'bald');
      const error = { code: 'rate_limited', retryAfterSeconds };
      expect(messageFor(error, { rate_limited: 'Bitte {wait}.' }, inGerman)).toBe(`Bitte ${wait}.`);
    });

    it('prefers a sentence about the code to one about the kind', () => {
      const error = new AuthError('throttled', 'rate_limited');
      expect(messageFor(error, { throttled: 'Slow.' })).toBe(messageFor({ code: 'rate_limited' }));
      expect(messageFor(new AuthError('throttled', 'other'), { throttled: 'Slow.' })).toBe('Slow.');
    });

    it('takes an override that is not given for none', () => {
      expect(messageFor({ code: 'conflict' }, { conflict: undefined })).toBe(MESSAGES.conflict);
    });
  });
});
