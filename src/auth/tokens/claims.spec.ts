import { readAccessClaims, readRefreshClaims } from './claims.js';

const USER = '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10';
const SESSION = '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e11';
const MAX_COUNTER = 2_147_483_647;

const SHARED = {
  iss: 'evergreen',
  aud: 'evergreen-api',
  sub: USER,
  sid: SESSION,
  epoch: 3,
  iat: 1000,
  exp: 2000,
};
const ACCESS = { ...SHARED, auth_time: 900 };
const REFRESH = { ...SHARED, gen: 5, key: 2, parent: 1 };
const PRINCIPAL = {
  userId: USER,
  sessionId: SESSION,
  epoch: 3,
  expiresAt: 2000,
  roles: [],
  claims: {},
};

const NO_IDS = [
  undefined,
  null,
  '',
  7,
  {},
  [USER],
  USER.slice(1),
  `${USER} `,
  `{${USER}}`,
  USER.replaceAll('-', ''),
];
const NO_COUNTERS = [
  undefined,
  null,
  -1,
  0.5,
  Number.NaN,
  Infinity,
  MAX_COUNTER + 1,
  '3',
  true,
  [3],
];
const NO_TIMES = [undefined, null, Number.NaN, Infinity, -Infinity, '2000', true, [2000], {}];

const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
const NO_KEYS = [
  null,
  '',
  JKT,
  {},
  { jkt: '' },
  { jkt: 7 },
  { jkt: JKT.slice(1) },
  { jkt: `${JKT}I` },
];

const changes = (name: string, values: readonly unknown[]) =>
  values.map((value) => [name, value] as const);
const wrongPrincipals = [
  ...changes('sub', NO_IDS),
  ...changes('sid', NO_IDS),
  ...changes('epoch', NO_COUNTERS),
  ...changes('exp', NO_TIMES),
  ...changes('cnf', NO_KEYS),
];

describe('readAccessClaims', () => {
  it('reads who it is, and since when', () => {
    expect(readAccessClaims(ACCESS)).toEqual({
      kind: 'access',
      ...PRINCIPAL,
      issuedAt: 1000,
      authenticatedAt: 900,
      amr: [],
      claimsVersion: 0,
    });
  });

  it('reads roles, the version of the claims, and the claims of a team, which nobody can change', () => {
    const own = { tenant: { name: 'acme' }, constructor: 'x' };
    const token = readAccessClaims({ ...ACCESS, ...own, roles: ['admin'], claims_version: 2 });
    expect(token).toMatchObject({ roles: ['admin'], claimsVersion: 2 });
    expect(token?.claims).toEqual(own);
    for (const part of [token?.roles, token?.claims, token?.claims.tenant])
      expect(Object.isFrozen(part)).toBe(true);
  });

  it('sets no prototype by a claim', () => {
    const hostile = JSON.parse('{"__proto__":{"isAdmin":true}}') as object;
    const token = readAccessClaims(
      Object.defineProperties({ ...ACCESS }, Object.getOwnPropertyDescriptors(hostile)),
    );
    expect(token?.claims.isAdmin).toBeUndefined();
  });

  it.each([
    ['roles', 'admin'],
    ['roles', [1]],
    ['roles', null],
    ['claims_version', -1],
    ['claims_version', '1'],
    ['claims_version', null],
  ])('is none where %s is %j', (name, value) => {
    expect(readAccessClaims({ ...ACCESS, [name]: value })).toBeUndefined();
  });

  it.each([...wrongPrincipals, ...changes('iat', NO_TIMES), ...changes('auth_time', NO_TIMES)])(
    'is none where %s is %p',
    (name, value) => {
      expect(readAccessClaims({ ...ACCESS, [name]: value })).toBeUndefined();
    },
  );

  it.each([0, 1, MAX_COUNTER - 1, MAX_COUNTER])('takes the epoch %d', (epoch) => {
    expect(readAccessClaims({ ...ACCESS, epoch })?.epoch).toBe(epoch);
  });

  it("is none for a refresh token's claims", () => {
    expect(readAccessClaims(REFRESH)).toBeUndefined();
  });

  it('is none for nothing', () => {
    expect(readAccessClaims({})).toBeUndefined();
  });
});

describe('readRefreshClaims', () => {
  it('reads who it is, and the place in the chain', () => {
    expect(readRefreshClaims(REFRESH)).toEqual({
      kind: 'refresh',
      ...PRINCIPAL,
      issuedAt: 1000,
      generation: 5,
      key: 2,
      parentKey: 1,
    });
  });

  it.each([
    ...wrongPrincipals,
    ...changes('iat', NO_TIMES),
    ...changes('gen', NO_COUNTERS),
    ...changes('parent', NO_COUNTERS),
    ...changes('key', [...NO_COUNTERS, 0]),
  ])('is none where %s is %p', (name, value) => {
    expect(readRefreshClaims({ ...REFRESH, [name]: value })).toBeUndefined();
  });

  it.each([
    ['gen', 0],
    ['gen', MAX_COUNTER],
    ['key', 1],
    ['key', MAX_COUNTER],
    ['parent', 0],
    ['parent', MAX_COUNTER],
  ])('takes %s of %d', (name, value) => {
    expect(readRefreshClaims({ ...REFRESH, [name]: value })).toBeDefined();
  });

  it("is none for an access token's claims", () => {
    expect(readRefreshClaims(ACCESS)).toBeUndefined();
  });

  it('is none for nothing', () => {
    expect(readRefreshClaims({})).toBeUndefined();
  });
});

describe('cnf', () => {
  it('is the key that a token of either kind is bound to', () => {
    const cnf = { jkt: JKT };
    expect(readAccessClaims({ ...ACCESS, cnf })?.keyThumbprint).toBe(JKT);
    expect(readRefreshClaims({ ...REFRESH, cnf })?.keyThumbprint).toBe(JKT);
  });

  it('is absent from a token that is bound to none', () => {
    expect(readAccessClaims(ACCESS)?.keyThumbprint).toBeUndefined();
    expect(readRefreshClaims(REFRESH)?.keyThumbprint).toBeUndefined();
  });
});
