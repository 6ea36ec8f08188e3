import { AuthError, type Problem } from '../errors.js';
import { endOfRefresh, endOfSession, wantsAnotherToken } from './verdict.js';

const ending = (code: string): Problem => ({ code, clear_credentials: true });
const SESSION = {
  session_id: 's',
  user: { id: 'u', email: 'u@example.com' },
  refresh_token: 'r',
  expires_in: 1,
  receivedAt: 0,
};

describe('endOfSession', () => {
  it.each([
    ['session_expired', 'expired'],
    ['session_revoked', 'revoked'],
    ['token_invalid', 'revoked'],
    ['refresh_reuse_detected', 'reused'],
    ['key_lost', 'key_lost'],
  ])('%s with clear_credentials is the end: %s', (code, reason) => {
    expect(endOfSession({ status: 401, problem: ending(code) })).toBe(reason);
  });

  it('is nothing but a 401 that says clear_credentials', () => {
    expect(
      endOfSession({ status: 401, problem: { code: 'token_expired', clear_credentials: false } }),
    ).toBeUndefined();
    expect(endOfSession({ status: 401, problem: { code: 'session_revoked' } })).toBeUndefined();
    expect(
      endOfSession({
        status: 401,
        problem: { code: 'session_revoked', clear_credentials: 'yes' } as unknown as Problem,
      }),
    ).toBeUndefined();
    expect(endOfSession({ status: 401, problem: undefined })).toBeUndefined();
    expect(
      endOfSession({
        status: 401,
        problem: { code: 'reauthentication_required', clear_credentials: false },
      }),
    ).toBeUndefined();
    for (const status of [200, 400, 403, 404, 408, 429, 500, 503, undefined]) {
      expect(endOfSession({ status, problem: ending('session_revoked') })).toBeUndefined();
    }
  });
});

describe('endOfRefresh', () => {
  const refusal = (status: number, problem: Problem) =>
    new AuthError('auth', problem.code, { status, problem });

  it('is the end where there is nothing left to present', () => {
    expect(endOfRefresh(refusal(401, { code: 'token_missing' }), SESSION)).toBe('expired');
    expect(endOfRefresh(refusal(401, { code: 'token_missing' }), undefined)).toBe('none');
  });

  it('is none by a server in trouble, whatever it says', () => {
    expect(endOfRefresh(refusal(503, { code: 'token_missing' }), SESSION)).toBeUndefined();
    expect(endOfRefresh(refusal(503, ending('session_revoked')), SESSION)).toBeUndefined();
    expect(endOfRefresh(new AuthError('timeout'), SESSION)).toBeUndefined();
  });
});

describe('wantsAnotherToken', () => {
  const answer = (challenge?: string) => ({
    status: 401,
    headers: new Headers(challenge === undefined ? {} : { 'WWW-Authenticate': challenge }),
  });
  const ofTheGuard = answer('Bearer realm="evergreen", error="invalid_token"');

  it('is for what another token would help against', () => {
    expect(wantsAnotherToken(ofTheGuard, { code: 'token_expired' })).toBe(true);
    expect(wantsAnotherToken(ofTheGuard, { code: 'token_invalid' })).toBe(true);
    expect(wantsAnotherToken(ofTheGuard, { code: 'session_revoked' })).toBe(false);
    expect(wantsAnotherToken(ofTheGuard, undefined)).toBe(false);
    expect(wantsAnotherToken(answer('Bearer'), { code: 'token_missing' })).toBe(false);
  });

  it.each([
    ['code unauthorized', answer('Bearer realm="evergreen"'), 'unauthorized'],
    ['a token of its own, and no challenge', answer(), 'token_invalid'],
    ['a token of its own, and another challenge', answer('Basic'), 'token_invalid'],
  ])('is not for a 401 of a handler, with %s', (_, refusal, code) => {
    expect(wantsAnotherToken(refusal, { code })).toBe(false);
  });
});
