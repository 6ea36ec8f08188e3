import { mayCall } from './origins.js';

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
