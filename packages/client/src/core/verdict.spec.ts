import { AuthError, type Problem } from './errors.js';
import { endOfRefresh, endOfSession, wantsAnotherToken } from './verdict.js';

const ending = (code: string): Problem => ({ code, clear_credentials: true });
const SESSION = {
  id: 's',
  user: { id: 'u', email: 'u@example.com' },
  refreshToken: 'r',
  expiresInSeconds: 1,
  receivedAt: 0,
};

describe('endOfSession', () => {
  it.each([
    ['session_expired', 'expired'],
    ['session_revoked', 'revoked'],
    ['token_invalid', 'revoked'],
    ['refresh_reuse_detected', 'reused'],
  ])('%s with clear_credentials is the end: %s', (code, reason) => {
    expect(endOfSession(401, ending(code))).toBe(reason);
  });

  it('is nothing but a 401 that says clear_credentials', () => {
    expect(endOfSession(401, { code: 'token_expired', clear_credentials: false })).toBeUndefined();
    expect(endOfSession(401, { code: 'session_revoked' })).toBeUndefined();
    expect(
      endOfSession(401, {
        code: 'session_revoked',
        clear_credentials: 'yes',
      } as unknown as Problem),
    ).toBeUndefined();
    expect(endOfSession(401, undefined)).toBeUndefined();
    for (const status of [200, 400, 403, 404, 408, 429, 500, 503, undefined]) {
      expect(endOfSession(status, ending('session_revoked'))).toBeUndefined();
    }
  });
});

describe('endOfRefresh', () => {
  const refusal = (status: number, problem: Problem) =>
    new AuthError('auth', problem.code, undefined, 0, { status, problem });

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
  it('is for what another token would help against', () => {
    expect(wantsAnotherToken({ code: 'token_expired' })).toBe(true);
    expect(wantsAnotherToken({ code: 'token_invalid' })).toBe(true);
    expect(wantsAnotherToken({ code: 'session_revoked' })).toBe(false);
    expect(wantsAnotherToken({ code: 'token_missing' })).toBe(false);
    expect(wantsAnotherToken(undefined)).toBe(false);
  });
});
