import { decideLinking, type LinkingFacts } from './linking.js';

const ADDRESS = 'ada@example.com';

/** Somebody whose identity is linked to nobody, and whose address nobody has. */
const STRANGER: LinkingFacts = {
  linkedUserId: undefined,
  address: ADDRESS,
  isVerifiedThere: true,
  isIssuerListed: true,
  addressOwner: undefined,
};

const BOTH = [false, true];
const rows = BOTH.flatMap((there) =>
  BOTH.flatMap((here) => BOTH.map((listed) => [there, here, listed] as const)),
);

describe('decideLinking', () => {
  it.each(rows)(
    'verified there: %s, ours verified: %s, issuer listed: %s: links only if all three hold',
    (isVerifiedThere, emailVerified, isIssuerListed) => {
      const addressOwner = { id: 'owner', emailVerified };
      const facts = { ...STRANGER, isVerifiedThere, isIssuerListed, addressOwner };
      const mayLink = isVerifiedThere && emailVerified && isIssuerListed;
      expect(decideLinking(facts)).toEqual(
        mayLink
          ? { kind: 'link', userId: 'owner' }
          : { kind: 'refuse', code: 'identity_not_linked' },
      );
    },
  );

  it.each(rows)(
    'verified there: %s, ours verified: %s, issuer listed: %s: a linked identity decides alone',
    (isVerifiedThere, emailVerified, isIssuerListed) => {
      const addressOwner = { id: 'somebody else', emailVerified };
      const facts = { ...STRANGER, isVerifiedThere, isIssuerListed, addressOwner };
      const signIn = { kind: 'sign_in', userId: 'linked' };
      expect(decideLinking({ ...facts, linkedUserId: 'linked' })).toEqual(signIn);
      expect(decideLinking({ ...facts, linkedUserId: 'linked', addressOwner: undefined })).toEqual(
        signIn,
      );
      expect(decideLinking({ ...facts, linkedUserId: 'linked', address: undefined })).toEqual(
        signIn,
      );
    },
  );

  it.each([
    [true, true, true],
    [true, false, false],
    [false, true, false],
    [false, false, false],
  ])(
    'verified there: %s, issuer listed: %s: a new account counts as verified: %s',
    (isVerifiedThere, isIssuerListed, isVerified) => {
      expect(decideLinking({ ...STRANGER, isVerifiedThere, isIssuerListed })).toEqual({
        kind: 'create',
        address: ADDRESS,
        isVerified,
      });
    },
  );

  it('makes no account without an address', () => {
    expect(decideLinking({ ...STRANGER, address: undefined })).toEqual({
      kind: 'refuse',
      code: 'identity_without_address',
    });
  });
});
