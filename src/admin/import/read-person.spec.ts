import { readPerson } from './read-person.js';

const NOW = new Date('2026-11-21T09:00:00Z');
const EMAIL = 'ada@example.com';
const read = (text: string | object) =>
  readPerson(Buffer.from(typeof text === 'string' ? text : JSON.stringify(text)), NOW);
const reasons = (text: string | object) => {
  const result = read(text);
  return result.kind === 'invalid' ? result.reasons : result;
};
const person = (members: object) => {
  const result = read({ email: EMAIL, ...members });
  if (result.kind !== 'person') throw new Error(JSON.stringify(result));
  return result.person;
};

describe('readPerson', () => {
  it('reads all members', () => {
    const id = '018F6B5E-5C2B-7C7E-A2A1-6D4F0C3B9E10';
    const password_hash = '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    const identity = { issuer: 'https://id.example', subject: '17' };
    expect(
      person({
        id,
        email: 'Ada@Bücher.example',
        email_verified: true,
        password_hash,
        first_name: 'Ada',
        last_name: 'Virtanen',
        roles: ['editor', 'admin', 'admin'],
        metadata: { plan: 'pro', seats: [1, 2] },
        identities: [identity, { ...identity }],
        created_at: '2019-05-01T12:00:00+02:00',
      }),
    ).toEqual({
      id: id.toLowerCase(),
      email: 'ada@xn--bcher-kva.example',
      email_verified: true,
      password_hash,
      first_name: 'Ada',
      last_name: 'Virtanen',
      roles: ['admin', 'editor'],
      metadata: { plan: 'pro', seats: [1, 2] },
      identities: [identity],
      created_at: new Date('2019-05-01T10:00:00Z'),
    });
  });

  it.each([
    ['missing', {}],
    [
      'null',
      Object.fromEntries(
        ['id', 'email_verified', 'password_hash', 'first_name', 'last_name', 'roles']
          .concat(['metadata', 'identities', 'created_at'])
          .map((name) => [name, null]),
      ),
    ],
  ])('needs an address alone; the others may be %s', (_what, members) => {
    expect(person(members)).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/) as string,
      email: EMAIL,
      email_verified: false,
      password_hash: null,
      first_name: null,
      last_name: null,
      roles: [],
      metadata: {},
      identities: [],
      created_at: null,
    });
  });

  it('ignores a mark at the beginning, and the line ends of Windows', () => {
    expect(read(`\ufeff{"email":"${EMAIL}"}\r`).kind).toBe('person');
  });

  it.each(['', '  ', '\r', '\ufeff'])('passes over the blank line %j', (text) => {
    expect(read(text)).toEqual({ kind: 'blank' });
  });

  it.each([
    ['{', 'not_json'],
    [`{"email":"${EMAIL}"},`, 'not_json'],
    ['[]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['"ada@example.com"', 'not_an_object'],
  ])('refuses %s: %s', (text, code) => {
    expect(reasons(text)).toEqual([{ code }]);
  });

  it('refuses what is too long, and what is no UTF-8', () => {
    expect(readPerson(undefined, NOW)).toMatchObject({ reasons: [{ code: 'line_too_long' }] });
    const latin1 = Buffer.from(`{"email":"${EMAIL}","first_name":"René"}`, 'latin1');
    expect(readPerson(latin1, NOW)).toMatchObject({ reasons: [{ code: 'not_utf8' }] });
  });

  it.each([
    ['email', undefined],
    ['email', null],
    ['email', 'ada'],
    ['email', 'víctim@example.com'],
    ['id', '17'],
    ['id', 17],
    ['email_verified', 'true'],
    ['password_hash', 17],
    ['first_name', 'x'.repeat(101)],
    ['first_name', 'a\u0000b'],
    ['last_name', 'a\nb'],
    ['roles', 'admin'],
    ['roles', ['with blank']],
    ['roles', [17]],
    ['metadata', []],
    ['metadata', 'x'],
    ['metadata', { long: 'x'.repeat(4096) }],
    ['metadata', { text: 'a\u0000b' }],
    ['metadata', { text: '\ud800' }],
    ['identities', {}],
    ['identities', [{ issuer: 'x' }]],
    ['identities', [{ issuer: 'x', subject: '' }]],
    ['identities', [{ issuer: 'x', subject: 'y', more: 1 }]],
    ['identities', [{ issuer: 'x', subject: 'a\u0000b' }]],
    ['identities', [{ issuer: 'x'.repeat(501), subject: 'y' }]],
    ['identities', [{ issuer: '語'.repeat(500), subject: '語'.repeat(167) }]],
    ['identities', Array.from({ length: 21 }, (_, subject) => ({ issuer: 'x', subject: `${subject}` }))], // prettier-ignore
    ['created_at', '2019-05-01'],
    ['created_at', '2019-05-01T12:00:00'],
    ['created_at', '0000-01-01T00:00:00Z'],
    ['created_at', '1969-12-31T23:59:59Z'],
    ['created_at', '2026-11-21T09:00:01Z'],
    ['created_at', 1_555_000_000],
  ])('refuses the %s %j', (member, value) => {
    expect(reasons({ email: EMAIL, [member]: value })).toEqual([
      { code: 'invalid_member', member },
    ]);
  });

  it.each([
    ['$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'password_hash_unsupported'],
    ['', 'password_hash_unsupported'],
    ['$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'password_hash_too_costly'],
  ])('refuses the hash %s: %s', (password_hash, code) => {
    expect(reasons({ email: EMAIL, password_hash })).toEqual([{ code }]);
  });

  it('names members that nobody knows, which may be misspelt, and every reason', () => {
    expect(reasons({ email: 'ada', pasword_hash: 'x', [`long${'x'.repeat(100)}`]: 1 })).toEqual([
      { code: 'invalid_member', member: 'email' },
      { code: 'unknown_member', member: 'pasword_hash' },
      { code: 'unknown_member', member: `long${'x'.repeat(60)}` },
    ]);
  });

  it('refuses a line that is nested very deeply, and says so', () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    expect(reasons(`{"email":"${EMAIL}","metadata":${deep}}`)).toEqual([
      { code: 'invalid_member', member: 'metadata' },
    ]);
  });
});
