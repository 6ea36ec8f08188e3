import { createServerAddress } from './server-address.js';

const PAGE = { origin: 'https://app.example.com', href: 'https://app.example.com/shop/cart' };

function onPage(work: () => void): void {
  Object.assign(globalThis, { location: PAGE });
  try {
    work();
  } finally {
    Reflect.deleteProperty(globalThis, 'location');
  }
}

describe('the address of the server', () => {
  it.each([
    'https://api.example.com',
    'https://api.example.com/',
    'https://API.example.com',
    'https://api.example.com:443',
    'https://api.example.com/api',
    'https://api.example.com/api/',
  ])('is the same one in the spelling %s', (baseUrl) => {
    expect(createServerAddress(baseUrl).base).toBe('https://api.example.com');
  });

  it("is the page's own origin where it is not given, or is a path", () => {
    onPage(() => {
      for (const baseUrl of ['', '/', '/api', '/api/'])
        expect(createServerAddress(baseUrl).base).toBe(PAGE.origin);
    });
  });

  it.each([
    ['https://example.com/backend/', 'https://example.com/backend'],
    ['https://Example.com/Back/end/api', 'https://example.com/Back/end'],
  ])('may be below a path, where a proxy has it there: %s', (baseUrl, base) => {
    const address = createServerAddress(baseUrl);
    expect(address.base).toBe(base);
    expect(address.resolve('/api/orders')).toBe(`${base}/api/orders`);
    expect(address.isOwn('https://example.com/api/orders')).toBe(true);
  });

  it('may be missing where there is no page, so that a client can be made there', () => {
    expect(createServerAddress('').base).toBe('');
  });

  it.each([
    'localhost:8000',
    'api.example.com',
    'ftp://api.example.com',
    'https://',
    'https://api.example.com?tenant=1',
    'https://user:word@api.example.com',
    'https://api.example.com evil',
  ])('is not %p, and the error says so', (baseUrl) => {
    expect(() => createServerAddress(baseUrl)).toThrow(`baseUrl is "${baseUrl}"`);
  });
});

describe('a URL', () => {
  const { resolve, isOwn } = createServerAddress('https://api.example.com');

  it.each([
    ['/api/orders', 'https://api.example.com/api/orders'],
    ['api/orders', 'https://api.example.com/api/orders'],
    ['./api/orders', 'https://api.example.com/./api/orders'],
    ['?page=2', 'https://api.example.com/?page=2'],
    ['/api/orders?at=https://elsewhere.example.com', undefined],
  ])('that is the path %p is one of the server', (path, url) => {
    expect(resolve(path)).toBe(url ?? `https://api.example.com${path}`);
    expect(isOwn(resolve(path))).toBe(true);
  });

  it.each([
    'https://elsewhere.example.com/api/orders',
    'HTTPS://elsewhere.example.com/',
    '//elsewhere.example.com/',
    '\\\\elsewhere.example.com/',
    '/\\elsewhere.example.com/',
    ' https://elsewhere.example.com/',
    'ht\ttps://elsewhere.example.com/',
    '/\t/elsewhere.example.com/',
    '\u0001//elsewhere.example.com/',
    'https:/elsewhere.example.com',
    'https://api.example.com.elsewhere.example.com/',
    'https://api.example.com@elsewhere.example.com/',
    'data:text/plain,api',
  ])('that may lead elsewhere, such as %p, is left as it is, and judged as it is sent', (url) => {
    onPage(() => {
      expect(resolve(url)).toBe(url);
      expect(isOwn(url)).toBe(false);
    });
  });

  it('of a page whose <base> is elsewhere is judged by that', () => {
    const ownPage = createServerAddress('https://app.example.com');
    onPage(() => {
      Object.assign(globalThis, { document: { baseURI: 'https://cdn.example.com/' } });
      try {
        expect(ownPage.isOwn('//app.example.com/api')).toBe(true);
        expect(ownPage.isOwn('api/orders')).toBe(false);
        expect(ownPage.isOwn(ownPage.resolve('api/orders'))).toBe(true);
      } finally {
        Reflect.deleteProperty(globalThis, 'document');
      }
    });
  });
});
