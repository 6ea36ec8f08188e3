import { smtpOptions } from './smtp-options.js';

describe('smtpOptions', () => {
  it.each([
    ['smtps://mail.example.com', { host: 'mail.example.com', port: 465, secure: true }],
    ['smtp://mail.example.com', { port: 587, secure: false, requireTLS: true }],
    ['smtp://mail.example.com:25?tls=optional', { port: 25, secure: false, requireTLS: false }],
    ['smtp://127.example.com', { requireTLS: true }],
    ['smtp://localhost.example.com', { requireTLS: true }],
    ['smtp://localhost:1025', { host: 'localhost', port: 1025, requireTLS: false }],
    ['smtp://127.0.0.1', { host: '127.0.0.1', requireTLS: false }],
    ['smtp://[::1]', { host: '::1', requireTLS: false }],
    ['smtps://a%40b:p%40s%25s@example.com', { auth: { user: 'a@b', pass: 'p@s%s' } }],
  ])('of %s has %j', (url, expected) => {
    expect(smtpOptions(url)).toMatchObject(expected);
  });

  it('has no login without a user', () => {
    expect(smtpOptions('smtp://localhost')).not.toHaveProperty('auth');
  });

  it('refuses a file of an authority that cannot be read', () => {
    expect(() => smtpOptions('smtps://localhost?ca=/nowhere/ca.pem')).toThrow(/MAIL_URL.*ENOENT/s);
  });
});
