import type { FastifyRequest } from 'fastify';
import { isOwnOrigin, mayCall, publicPathOf } from './origins.js';

describe('mayCall', () => {
  const LISTED = 'https://app.example.com';
  const inside = (environment: 'development' | 'staging' | 'production') => (origin: string) =>
    mayCall(origin, { environment, corsOrigins: [LISTED] });

  it.each([
    'http://localhost:3000',
    'https://localhost',
    'http://127.0.0.1:5173',
    'http://[::1]:4200',
  ])('lets %s in during development, and nowhere else', (origin) => {
    expect(inside('development')(origin)).toBe(true);
    expect(inside('staging')(origin)).toBe(false);
    expect(inside('production')(origin)).toBe(false);
  });

  it.each([
    'http://localhost.evil.example',
    'http://localhost:3000.evil.example',
    'http://evil.example/localhost',
    'http://user@localhost:3000',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.2:3000',
    'null',
    '',
    'file://localhost',
  ])('does not take %j for this machine', (origin) => {
    expect(inside('development')(origin)).toBe(false);
  });

  it('lets the listed in everywhere, by their whole text', () => {
    for (const environment of ['development', 'staging', 'production'] as const) {
      expect(inside(environment)(LISTED)).toBe(true);
      expect(inside(environment)(`${LISTED}.evil.example`)).toBe(false);
    }
  });
});

describe('isOwnOrigin', () => {
  const headers = { host: 'auth.example.com', 'x-forwarded-host': 'evil.example' };
  const request = { protocol: 'https', headers, host: 'evil.example' } as unknown as FastifyRequest;
  const publicUrls = ['https://example.com', 'https://b.example:8443'].map((origin) => ({
    href: `${origin}/backend`,
    origin,
    path: '/backend',
  }));

  it.each([
    ['https://auth.example.com', true],
    ['http://auth.example.com', false],
    ['https://evil.example', false],
    ['null', false],
  ])('goes by Host where PUBLIC_URL is not set: %s %p', (origin, isOwn) =>
    expect(isOwnOrigin(origin, request, { publicUrls: [] })).toBe(isOwn),
  );

  it.each([
    ['https://example.com', true],
    ['https://b.example:8443', true],
    ['https://auth.example.com', false],
    ['https://b.example', false],
    ['https://example.com/', false],
    ['https:/', false],
    ['https://evil.example', false],
  ])('goes by PUBLIC_URL alone where that is set: %s %p', (origin, isOwn) =>
    expect(isOwnOrigin(origin, request, { publicUrls })).toBe(isOwn),
  );
});

describe('publicPathOf', () => {
  const publicUrls = [
    ['https://example.com', '/backend'],
    ['https://b.example:8443', '/auth/v2'],
    ['https://auth.example.com', ''],
  ].map(([origin = '', path = '']) => ({ href: origin + path, origin, path }));

  it.each([
    [{}, '/backend'],
    [{ host: '10.0.0.1:8000' }, '/backend'],
    [{ host: 'b.example:8443' }, '/auth/v2'],
    [{ host: 'auth.example.com', origin: 'https://app.example.com' }, ''],
    [{ host: 'auth.example.com', origin: 'https://example.com' }, '/backend'],
  ])('of %j is %j', (headers, path) => {
    expect(publicPathOf({ headers }, { publicUrls })).toBe(path);
  });

  it('is empty where PUBLIC_URL is not set', () => {
    expect(publicPathOf({ headers: { host: 'example.com' } }, { publicUrls: [] })).toBe('');
  });
});
