import fc from 'fast-check';
import { isUrlOf, normalizedUrl, requestedUrls } from './requested-urls.js';

const URL_ASKED_FOR = 'https://auth.example.com/api/auth/refresh';

describe('requestedUrls', () => {
  const paths = ['/api/refresh?a=b', '/api/auth/refresh?a=b'];

  it('are those of PUBLIC_URL, whatever the host says', () => {
    const publicUrls = [{ href: 'https://example.com/backend' }, { href: 'https://example.org' }];
    const place = { protocol: 'http', host: 'evil.example', paths };
    expect(requestedUrls(place, publicUrls)).toEqual([
      'https://example.com/backend/api/refresh',
      'https://example.com/backend/api/auth/refresh',
      'https://example.org/api/refresh',
      'https://example.org/api/auth/refresh',
    ]);
  });

  it.each([
    ['http', 'localhost:8000', 'http://localhost:8000/api/auth/refresh'],
    ['https', 'auth.example.com', 'https://auth.example.com/api/auth/refresh'],
    ['https', '[2001:db8::1]:8443', 'https://[2001:db8::1]:8443/api/auth/refresh'],
  ])('without PUBLIC_URL are those of the host: %s, %s', (protocol, host, url) => {
    expect(requestedUrls({ protocol, host, paths: ['/api/auth/refresh'] }, [])).toEqual([url]);
  });

  it.each([
    undefined,
    '',
    'user@auth.example.com',
    'evil.example/auth.example.com',
    'evil.example?',
    'evil.example#',
    'evil.example\\',
    'evil .example',
  ])('are none for the host %j', (host) => {
    expect(requestedUrls({ protocol: 'https', host, paths }, [])).toEqual([]);
  });

  it.each(['.evil.example/', '@evil.example/', 'https://evil.example/', '*', ''])(
    'are none for the path %j, which would continue the host',
    (path) => {
      const publicUrls = [{ href: 'https://auth.example.com' }];
      expect(requestedUrls({ protocol: 'https', host: 'x', paths: [path] }, publicUrls)).toEqual(
        [],
      );
    },
  );
});

describe('isUrlOf', () => {
  it.each([
    URL_ASKED_FOR,
    'HTTPS://auth.example.com/api/auth/refresh',
    'https://AUTH.Example.COM/api/auth/refresh',
    'https://auth.example.com:443/api/auth/refresh',
    'https://auth.example.com:0443/api/auth/refresh',
    'https://auth.example.com:/api/auth/refresh',
    'https://auth.example.com./api/auth/refresh',
    'https://auth.example.com.:443/api/auth/refresh',
    'https://auth.example.com/api/auth/refresh?',
    'https://auth.example.com/api/auth/refresh?return_to=https://evil.example/@',
    'https://auth.example.com/api/auth/refresh#fragment',
    'https://auth.example.com/api/auth/refresh?a#b?c',
    'https://auth.example.com/api/./auth/x/../refresh',
    'https://auth.example.com/api/%2E/auth/x/%2e%2E/refresh',
    'https://auth.example.com/%61pi/auth/r%65fresh',
    'https://auth.ex%61mple.com/api/auth/refresh',
  ])('is true for the same URL, written %j', (htu) => {
    expect(isUrlOf(htu, ['https://other.example/', URL_ASKED_FOR])).toBe(true);
  });

  it.each([
    ['a slash after it', `${URL_ASKED_FOR}/`],
    ['a slash more', 'https://auth.example.com//api/auth/refresh'],
    ['a slash that is encoded', 'https://auth.example.com/api%2Fauth/refresh'],
    ['a letter that is encoded twice', 'https://auth.example.com/%2561pi/auth/refresh'],
    ['a dot that is encoded twice', 'https://auth.example.com/api/x/%252e%252e/auth/refresh'],
    ['a capital', 'https://auth.example.com/api/auth/Refresh'],
    ['a longer path', `${URL_ASKED_FOR}/more`],
    ['the path in the query', 'https://auth.example.com/?/api/auth/refresh'],
    ['http', 'http://auth.example.com/api/auth/refresh'],
    ["http's default port", 'https://auth.example.com:80/api/auth/refresh'],
    ["https's default port by http", 'http://auth.example.com:443/api/auth/refresh'],
    ['a host below ours', 'https://x.auth.example.com/api/auth/refresh'],
    ['a host above ours', 'https://example.com/api/auth/refresh'],
    ['a host that begins as ours', 'https://auth.example.com.evil.example/api/auth/refresh'],
    ['two dots after the host', 'https://auth.example.com../api/auth/refresh'],
    ['a user', 'https://user@auth.example.com/api/auth/refresh'],
    ['an empty user', 'https://@auth.example.com/api/auth/refresh'],
    ['a user and a password', 'https://user:pass@auth.example.com/api/auth/refresh'],
    ['our host as a user', 'https://auth.example.com:443@evil.example/api/auth/refresh'],
    ['a user that is encoded', 'https://user%40auth.example.com/api/auth/refresh'],
    ['no scheme', '//auth.example.com/api/auth/refresh'],
    ['no authority', 'https:/api/auth/refresh'],
    ['no slashes', 'https:auth.example.com/api/auth/refresh'],
    ['three slashes', 'https:///auth.example.com/api/auth/refresh'],
    ['backslashes', 'https:\\\\auth.example.com\\api\\auth\\refresh'],
    ['a backslash in the host', 'https://evil.example\\@auth.example.com/api/auth/refresh'],
    ['a blank before it', ` ${URL_ASKED_FOR}`],
    ['a line break after it', `${URL_ASKED_FOR}\n`],
    ['a tab in it', 'https://auth.exa\tmple.com/api/auth/refresh'],
    ['a NUL', `${URL_ASKED_FOR}\u0000`],
    ['full-width letters', 'https://ａuth.example.com/api/auth/refresh'],
    ['another protocol', 'wss://auth.example.com/api/auth/refresh'],
    ['a script', 'javascript://auth.example.com/api/auth/refresh'],
    ['a blob', `blob:${URL_ASKED_FOR}`],
    ['a port that is too large', 'https://auth.example.com:65979/api/auth/refresh'],
    ['a port that is no number', 'https://auth.example.com:443x/api/auth/refresh'],
    ['an encoding that is none', 'https://auth.example.com/%zzapi/auth/refresh'],
    ['nothing', ''],
  ])('is false for %s', (_case, htu) => {
    expect(isUrlOf(htu, [URL_ASKED_FOR])).toBe(false);
  });

  it.each([
    ['http://[2001:db8::1]:8000/a', 'http://[2001:DB8:0:0:0:0:0:1]:8000/a'],
    ['http://[::1]/a', 'http://[::1]:80/a'],
    ['http://[::ffff:192.0.2.1]/a', 'http://[::ffff:c000:201]/a'],
    ['http://localhost:8000/', 'http://LOCALHOST:8000'],
    ['https://xn--bcher-kva.example/a', 'https://XN--BCHER-KVA.example/a'],
    ['https://h/a%c3%a4%2f', 'https://h/a%C3%A4%2F'],
    ['https://h/a-b._~', 'https://h/a%2Db%2E%5F%7E'],
  ])('takes %j and %j for the same', (url, htu) => {
    expect(isUrlOf(htu, [url])).toBe(true);
  });

  it.each([
    ['http://[::1]/a', 'http://127.0.0.1/a'],
    ['http://[fe80::1]/a', 'http://[fe80::1%25eth0]/a'],
    ['http://[::1]/a', 'http://::1/a'],
    ['http://localhost/a', 'http://127.0.0.1/a'],
  ])('does not take %j and %j for the same', (url, htu) => {
    expect(isUrlOf(htu, [url])).toBe(false);
  });

  it('is false where no URL is known, or only some that cannot be read', () => {
    expect(isUrlOf(URL_ASKED_FOR, [])).toBe(false);
    expect(isUrlOf('nonsense', ['nonsense'])).toBe(false);
  });
});

describe('normalizedUrl', () => {
  it('never throws, and stays as it is when it is normalised again', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string({ unit: 'binary' }).map((text) => `https://${text}`),
      fc.string().map((text) => `https://auth.example.com/${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const once = normalizedUrl(text);
        if (once !== undefined) expect(normalizedUrl(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
