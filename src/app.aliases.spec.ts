import fc from 'fast-check';
import { canonicalUrl } from './app.aliases.js';

describe('canonicalUrl', () => {
  it.each([
    ['/api/v1/auth/login', '/api/auth/login'],
    ['/api/v1/sessions/01981f3e', '/api/sessions/01981f3e'],
    ['/api/v1/users/me', '/api/users/me'],
    ['/auth/login', '/api/auth/login'],
    ['/auth', '/api/auth'],
    ['/auth/', '/api/auth/'],
    ['/sessions', '/api/sessions'],
    ['/users/me', '/api/users/me'],
    ["/api/v1/a-team's-own", "/api/a-team's-own"],
  ])('knows the prefix of %s', (alias, canonical) => {
    expect(canonicalUrl(alias)).toBe(canonical);
  });

  it.each([
    ['/api/v1/auth/login', '/api/auth/login'],
    ['/api/v1/me', '/api/users/me'],
    ['/api/v1/users', '/api/users'],
    ["/api/v1/a-team's-own", "/api/v1/a-team's-own"],
    ['/api/v1/users-of-a-team', '/api/v1/users-of-a-team'],
    ['/auth/login', '/api/auth/login'],
  ])('makes of %s only an own path, of a team with versions', (alias, canonical) => {
    expect(canonicalUrl(alias, true)).toBe(canonical);
  });

  it.each([
    ['/api/login', '/api/auth/login'],
    ['/api/register', '/api/auth/register'],
    ['/api/refresh', '/api/auth/refresh'],
    ['/api/logout', '/api/auth/logout'],
    ['/api/me', '/api/users/me'],
    ['/api/v1/login', '/api/auth/login'],
    ['/api/v1/me', '/api/users/me'],
  ])('knows the short name %s', (alias, canonical) => {
    expect(canonicalUrl(alias)).toBe(canonical);
  });

  it.each([
    ['/auth/refresh?x=1', '/api/auth/refresh?x=1'],
    ['/api/me?', '/api/users/me?'],
    ['/sessions?a=%2F&b=?c', '/api/sessions?a=%2F&b=?c'],
    ['/api/v1/login?next=/api/v1/me', '/api/auth/login?next=/api/v1/me'],
    ['/docs?from=/auth/login', '/docs?from=/auth/login'],
    ['/?/auth/login', '/?/auth/login'],
  ])('keeps the query of %s', (alias, canonical) => {
    expect(canonicalUrl(alias)).toBe(canonical);
  });

  it.each([
    ['/auth/auth/login', '/api/auth/auth/login'],
    ['/auth/api/v1/auth/login', '/api/auth/api/v1/auth/login'],
    ['/api/v1/api/v1/auth/login', '/api/api/v1/auth/login'],
    ['/api/v1/api/login', '/api/api/login'],
  ])('applies nothing twice to %s', (alias, canonical) => {
    expect(canonicalUrl(alias)).toBe(canonical);
  });

  it.each([
    '',
    '/',
    '*',
    '/api',
    '/api/',
    '/api/v1',
    '/api/v12/auth/login',
    '/api/v2/auth/login',
    '/api/v1auth/login',
    '/v1/auth/login',
    '/API/V1/auth/login',
    '/Auth/login',
    '/authors',
    '/auth.json',
    '/auth-old/login',
    '/usersettings',
    '//auth/login',
    '/%61uth/login',
    '/x/auth/login',
    '/login',
    '/me',
    '/api/login/',
    '/api/login/x',
    '/api/logins',
    '/api/api/me',
    '/docs',
    '/openapi.json',
    '/health/live',
    '/metrics',
    '/.well-known/jwks.json',
  ])('leaves %j as it is', (url) => {
    expect(canonicalUrl(url)).toBe(url);
  });

  const prefix = fc.constantFrom('', '/api', '/api/v1');
  const segment = fc.constantFrom(
    'api',
    'auth',
    'sessions',
    'users',
    'login',
    'refresh',
    'me',
    'docs',
    'authors',
    '',
    '%2F',
  );
  const query = fc.constantFrom('', '?', '?a=1', '?to=/auth/login', '?to=/api/v1/me?x');
  const url = fc
    .tuple(prefix, fc.array(segment, { maxLength: 4 }), query)
    .map(([start, segments, end]) => {
      return start + segments.map((part) => `/${part}`).join('') + end;
    });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(url, (alias) => canonicalUrl(canonicalUrl(alias)) === canonicalUrl(alias)),
    );
  });

  it('leads all forms of a path to the same place', () => {
    const path = fc
      .tuple(fc.constantFrom('auth', 'sessions', 'users'), fc.webPath(), query)
      .map(([root, rest, end]) => `/${root}${rest}${end}`);
    const leadsHome = (short: string) =>
      ['', '/api', '/api/v1'].every((start) => canonicalUrl(start + short) === `/api${short}`);
    fc.assert(fc.property(path, leadsHome));
  });
});
