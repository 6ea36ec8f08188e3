import fc from 'fast-check';
import { readAccessClaims as readByServer } from '../../../src/auth/tokens/claims.js';
import { readAccessClaims } from '../src/tokens/claims.js';
import { AUDIENCE, claimsAt, ISSUER } from './support/tokens.js';

const OURS = { issuer: ISSUER, audience: AUDIENCE };

/** A claim may be as it should be, absent, or anything. */
const anything = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(null, -1, 0, 1, 2 ** 31, 1.5, NaN, '', 'text', true),
  fc.constantFrom([], ['admin'], [1], {}, { nested: [1] }),
  fc.constantFrom(
    { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I' },
    { jkt: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4J' },
    { jkt: '' },
    { jkt: null },
  ),
);
const names = [...Object.keys(claimsAt(0)), 'nbf', 'roles', 'claims_version', 'cnf', 'team', 'act'];

describe('readAccessClaims', () => {
  it('reads what the server reads, and refuses what the server refuses', () => {
    let good = 0;
    const changes = fc.array(fc.tuple(fc.constantFrom(...names), anything), { maxLength: 4 });
    fc.assert(
      fc.property(changes, (list) => {
        const payload = { ...claimsAt(1e12), ...Object.fromEntries(list) };
        // Passport checks who issued it, and for whom.
        const isOurs = payload.iss === ISSUER && payload.aud === AUDIENCE;
        const expected = isOurs ? readByServer(structuredClone(payload)) : undefined;
        const read = readAccessClaims(payload, OURS);
        expect(read === undefined).toBe(expected === undefined);
        if (!read || !expected) return;
        good += 1;
        const { good: token, facts } = read;
        expect({ ...token, ...facts, issuedAt: read.issuedAt }).toEqual({
          kind: 'good',
          userId: expected.userId,
          sessionId: expected.sessionId,
          expiresAt: expected.expiresAt,
          authenticatedAt: expected.authenticatedAt,
          amr: expected.amr,
          roles: expected.roles,
          keyThumbprint: expected.keyThumbprint,
          claims: expected.claims,
          epoch: expected.epoch,
          claimsVersion: expected.claimsVersion,
          issuedAt: expected.issuedAt,
        });
      }),
      { numRuns: 5000 },
    );
    expect(good).toBeGreaterThan(500);
  });
});
