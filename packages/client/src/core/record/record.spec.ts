import {
  atRest,
  type AuthRecord,
  isRecord,
  later,
  renewed,
  signedIn,
  signedOut,
  type TokenResponse,
} from './record.js';

const NOW = 1_800_000_000_000;
const token = (iat: number) => `e30.${btoa(JSON.stringify({ iat, sid: 's' }))}.x`;
const tokens = (iat: number): TokenResponse => ({
  access_token: token(iat),
  refresh_token: `r${iat}`,
  expires_in: 1_800,
  session_id: 's',
  user: { id: 'u', email: 'u@example.com' },
});

const fresh: AuthRecord = { generation: 0, deviceId: 'd', reason: 'none' };
const first = signedIn(fresh, tokens(1), NOW);

describe('signedIn and signedOut', () => {
  it('raise the generation, keep the device, and let go of lease and retry', () => {
    const busy: AuthRecord = {
      ...first,
      lease: { owner: 'o', until: NOW, isLocked: false },
      retry: { failures: 1, notBefore: NOW, at: NOW },
    };
    for (const next of [signedIn(busy, tokens(2), NOW), signedOut(busy, 'signed_out')]) {
      expect(next).toMatchObject({ generation: 2, deviceId: 'd' });
      expect(next).not.toHaveProperty('lease');
      expect(next).not.toHaveProperty('retry');
    }
  });

  it('leave nothing of a session that is over', () => {
    expect(signedOut(first, 'revoked')).toEqual({
      generation: 2,
      deviceId: 'd',
      reason: 'revoked',
    });
  });
});

describe('renewed', () => {
  it('replaces the access token alone, in the same generation', () => {
    const record = renewed(first, token(5), 60, NOW + 1);
    expect(record).toMatchObject({
      generation: 1,
      session: {
        access_token: token(5),
        refresh_token: 'r1',
        expires_in: 60,
        receivedAt: NOW + 1,
      },
    });
  });

  it('brings no session back', () => {
    const record = signedOut(first, 'signed_out');
    expect(renewed(record, token(5), 60, NOW)).toBe(record);
  });
});

describe('later', () => {
  it('is the one of the higher generation, whichever way it is asked', () => {
    const second = signedOut(first, 'signed_out');
    expect(later(first, second)).toBe(second);
    expect(later(second, first)).toBe(second);
  });

  it('is, in one generation, the one with the newer access token', () => {
    const newer = renewed(first, token(2), 60, NOW);
    expect(later(first, newer)).toBe(newer);
    expect(later(newer, first)).toBe(newer);
  });

  it('keeps tokens that are not stored', () => {
    expect(later(first, atRest(first, true))).toBe(first);
  });
});

describe('atRest', () => {
  it('holds no token with the cookie transport, and all else', () => {
    expect(JSON.stringify(atRest(first, true))).not.toMatch(/r1|e30/);
    expect(atRest(first, true)).toMatchObject({
      generation: 1,
      session: { session_id: 's', user: { id: 'u' }, expires_in: 1_800 },
    });
    expect(atRest(first, false)).toBe(first);
  });
});

describe('isRecord', () => {
  it('takes what was stored, also by way of JSON', () => {
    expect(isRecord(first)).toBe(true);
    expect(isRecord(JSON.parse(JSON.stringify(signedOut(first, 'none'))))).toBe(true);
  });

  it.each([
    undefined,
    null,
    7,
    'text',
    {},
    { generation: 'x', deviceId: 'd' },
    { ...fresh, generation: NaN },
    { ...fresh, session: {} },
    { ...fresh, session: { session_id: 's', user: {} } },
  ])('does not take %j', (value) => expect(isRecord(value)).toBe(false));
});
