import { decideBatch, type Candidate } from './decide-batch.js';
import type { Person } from './read-person.js';

const candidate = (line: number, members: Partial<Person> = {}): Candidate => ({
  line,
  person: {
    id: `id-${line}`,
    email: `${line}@example.com`,
    email_verified: false,
    password_hash: null,
    first_name: null,
    last_name: null,
    roles: [],
    metadata: {},
    identities: [],
    created_at: null,
    ...members,
  },
});
const decided = (...args: Parameters<typeof decideBatch>) => {
  const { accepted, refused } = decideBatch(...args);
  return { accepted: accepted.map(({ line }) => line), refused: Object.fromEntries(refused) };
};

describe('decideBatch', () => {
  it('accepts whoever shares nothing', () => {
    const identities = [{ issuer: 'x', subject: '1' }];
    const others = [{ issuer: 'x', subject: '2' }];
    expect(
      decided([candidate(1, { identities }), candidate(2, { identities: others })], []),
    ).toEqual({ accepted: [1, 2], refused: {} });
  });

  it.each([
    ['email_taken', { email: 'a@example.com' }],
    ['id_taken', { id: 'a' }],
    ['identity_taken', { identities: [{ issuer: 'x', subject: '1' }] }],
  ])('refuses the later of two lines: %s', (code, shared) => {
    expect(decided([candidate(7, shared), candidate(9, shared)], [])).toEqual({
      accepted: [7],
      refused: { 9: [{ code, of_line: 7 }] },
    });
  });

  it('refuses who has what a user has, with all reasons', () => {
    const conflicts = [
      { line: 1, code: 'email_taken', of_user: 'u' },
      { line: 1, code: 'identity_taken', of_user: 'v' },
    ] as const;
    expect(decided([candidate(1), candidate(2)], conflicts)).toEqual({
      accepted: [2],
      refused: {
        1: [
          { code: 'email_taken', of_user: 'u' },
          { code: 'identity_taken', of_user: 'v' },
        ],
      },
    });
  });

  it('takes nothing from later lines for a line that is refused', () => {
    const email = 'a@example.com';
    const identities = [{ issuer: 'x', subject: '1' }];
    const lines = [candidate(1, { email, identities }), candidate(2, { identities })];
    const conflicts = [{ line: 1, code: 'email_taken', of_user: 'u' }] as const;
    expect(decided(lines, conflicts).accepted).toEqual([2]);
  });

  it('does not mix up an issuer with a subject', () => {
    const one = [{ issuer: 'a', subject: 'b","c' }];
    const other = [{ issuer: 'a","b', subject: 'c' }];
    const lines = [candidate(1, { identities: one }), candidate(2, { identities: other })];
    expect(decided(lines, []).accepted).toEqual([1, 2]);
  });
});
