import { challengeOf, type ErrorCode, ERRORS } from './error-codes.js';
import { REFUSAL_CODES } from './rotation.js';

const codes = Object.keys(ERRORS) as ErrorCode[];

describe('ERRORS', () => {
  it.each(codes)('has a status of an error for %s, and words', (code) => {
    const { status, title, detail } = ERRORS[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title).not.toBe('');
    expect(detail).toMatch(/\.$/);
  });

  it('lets a client forget its tokens for nothing but the end of its session', () => {
    const ending = codes.filter((code) => 'clearCredentials' in ERRORS[code]);
    expect(ending.sort()).toEqual([...new Set(Object.values(REFUSAL_CODES))].sort());
  });
});

describe('challengeOf', () => {
  it.each([
    ['token_missing', false],
    ['invalid_credentials', false],
    ['reauthentication_required', false],
    ['unauthorized', false],
    ['token_invalid', true],
    ['token_expired', true],
    ['session_revoked', true],
  ] as const)('for %s says that the token is at fault: %p', (code, isAtFault) => {
    expect(challengeOf(code)).toMatch(/^Bearer realm="evergreen"/);
    expect(challengeOf(code).includes('error="invalid_token"')).toBe(isAtFault);
  });

  it.each(['proof_required', 'proof_invalid'] as const)('for %s is the one of RFC 9449', (code) => {
    expect(challengeOf(code)).toBe(
      'DPoP realm="evergreen", error="invalid_dpop_proof", algs="ES256 EdDSA Ed25519"',
    );
  });

  it('with a maximal age is the one of RFC 9470', () => {
    expect(challengeOf('reauthentication_required', 0)).toBe(
      'Bearer realm="evergreen", error="insufficient_user_authentication", error_description="A more recent authentication is required", max_age="0"',
    );
  });
});
