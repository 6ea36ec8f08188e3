import { CREDENTIALS, newWorld } from '../../test/support/native-app.js';
import { createAuthClient } from './index.js';

/**
 * As React Native's does (0.60 to 0.82): an address that its pattern does not know is taken for a
 * path below the base.
 */
class NativeURL {
  readonly href: string;

  constructor(url: string, base?: string) {
    const isKnown = /^(https?:)?\/\/([a-z0-9_-]+\.)*[a-z]{2,}(:\d{2,5})?([/?#]\S*)?$/.test(url);
    if (!base || isKnown) this.href = url.endsWith('/') ? url : `${url}/`;
    else this.href = `${base}${url.startsWith('/') ? '' : '/'}${url}`;
  }
}

describe("the client with React Native's URL", () => {
  const { URL } = globalThis;

  beforeEach(() => void Object.assign(globalThis, { URL: NativeURL }));
  afterEach(() => void Object.assign(globalThis, { URL }));

  it.each([
    'https://Elsewhere.example.com/',
    'https://elsewhere.xn--p1ai/',
    'https://user@elsewhere.example.com/',
    'https://elsewhere.example.com/with space',
    'https://api.example.com@elsewhere.example.com/',
    'https:/elsewhere.example.com/',
    'https:\\\\elsewhere.example.com/',
    ' https://Elsewhere.example.com/',
    'http://[::1]:8000/',
  ])('gives no token to %s', async (url) => {
    const client = createAuthClient({
      baseUrl: 'https://api.example.com',
      fetch: async () => tokens(),
    });
    await client.login(CREDENTIALS);
    expect(await client.tokenFor(url)).toBeUndefined();
    client.dispose();
  });

  it.each([
    'https://api.example.com/api/sessions',
    'https://api.example.com',
    '/api/sessions',
    'api/sessions',
  ])('gives the token to %s', async (url) => {
    const client = createAuthClient({
      baseUrl: 'https://api.example.com',
      fetch: async () => tokens(),
    });
    await client.login(CREDENTIALS);
    expect(await client.tokenFor(url)).toBe('token');
    client.dispose();
  });

  function tokens(): Response {
    return Response.json({
      access_token: 'token',
      expires_in: 1800,
      session_id: 'session',
      user: { id: 'user', email: 'user@example.com' },
    });
  }
});

describe("the client with React Native's AbortSignal, which gives no reason", () => {
  it('rejects a request that is given up with an error', async () => {
    const { startApp, server } = newWorld();
    const { client } = startApp('memory');
    await client.login(CREDENTIALS);
    server.isReachable = false;
    const signal = Object.defineProperty(AbortSignal.abort(), 'reason', { value: undefined });
    await expect(client.fetch('/api/sessions', { signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    client.dispose();
  });
});
