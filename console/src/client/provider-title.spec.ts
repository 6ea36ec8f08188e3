import { issuerTitle, providerTitle } from './provider-title.js';

describe('providerTitle', () => {
  it.each([
    ['oidc', 'OpenID Connect'],
    ['acme', 'Acme'],
    ['my-company-2', 'My Company 2'],
    ['a--b', 'A B'],
  ])('of %s is %s', (name, title) => {
    expect(providerTitle(name)).toBe(title);
  });
});

describe('issuerTitle', () => {
  it.each([
    ['https://login.example.com/realms/one', 'login.example.com'],
    ['http://127.0.0.1:8123', '127.0.0.1:8123'],
    ['acme', 'acme'],
    ['urn:acme', 'urn:acme'],
    ['', ''],
  ])('of %s is %s', (issuer, title) => {
    expect(issuerTitle(issuer)).toBe(title);
  });
});
