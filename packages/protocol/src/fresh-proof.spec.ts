import { decideFreshProof, type FreshProofDecision } from './fresh-proof.js';

type Case = [
  currentPassword: 'missing' | 'wrong' | 'right',
  isLoginRecent: boolean,
  kind: FreshProofDecision['kind'],
];

describe('decideFreshProof', () => {
  it.each<Case>([
    ['right', true, 'proved'],
    ['right', false, 'proved'],
    ['wrong', true, 'password_wrong'],
    ['wrong', false, 'password_wrong'],
    ['missing', true, 'password_missing'],
    ['missing', false, 'password_missing'],
  ])(
    'for a user who has a password: %s, with a recent login %s, is %s',
    (currentPassword, isLoginRecent, kind) =>
      expect(decideFreshProof({ hasPassword: true, currentPassword, isLoginRecent })).toEqual({
        kind,
      }),
  );

  it.each<Case>([
    ['wrong', true, 'password_wrong'],
    ['wrong', false, 'password_wrong'],
    ['missing', true, 'proved'],
    ['missing', false, 'login_too_old'],
    // There is no right one: only the login counts.
    ['right', false, 'login_too_old'],
  ])(
    'for a user who has none: %s, with a recent login %s, is %s',
    (currentPassword, isLoginRecent, kind) =>
      expect(decideFreshProof({ hasPassword: false, currentPassword, isLoginRecent })).toEqual({
        kind,
      }),
  );
});
