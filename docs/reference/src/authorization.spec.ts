import { createAuthorization, type TryRequest } from './authorization.js';

const PAGE = { origin: 'https://example.com', href: 'https://example.com/docs' };

describe('createAuthorization', () => {
  let asked: string[];
  let token: string | undefined;

  const client = {
    tokenFor: async () => token,
    fetch: async (path: unknown) => {
      asked.push(String(path));
      return new Response();
    },
  };

  beforeEach(() => {
    asked = [];
    token = 'of-the-session';
  });

  const sent = async (request: Partial<TryRequest>) => {
    const { requestInterceptor } = createAuthorization(client, PAGE);
    const url = 'https://example.com/api/auth/me';
    return (await requestInterceptor({ url, headers: {}, ...request })).headers;
  };

  it('sends the token of the session to the server of the page', async () => {
    const expected = { Authorization: 'Bearer of-the-session', 'X-Requested-With': 'docs' };
    expect(await sent({})).toEqual(expected);
    expect(await sent({ url: '/api/auth/me' })).toEqual(expected);
  });

  it.each([
    'https://elsewhere.example/api/auth/me',
    'http://example.com/',
    'https://example.com:8443/',
  ])('sends nothing to %s', async (url) => {
    expect(await sent({ url })).toEqual({});
  });

  it.each(['Authorization', 'authorization'])('leaves an %s as it is', async (name) => {
    const headers = { [name]: 'Bearer by-hand', 'X-Requested-With': 'mine' };
    expect(await sent({ headers: { ...headers } })).toEqual(headers);
  });

  it('reads the document without a token', async () => {
    expect(await sent({ url: 'https://example.com/openapi.json', loadSpec: true })).toEqual({});
  });

  it('sends no token where nobody is signed in, or none can be had', async () => {
    token = undefined;
    expect(await sent({})).toEqual({ 'X-Requested-With': 'docs' });
    const failing = { ...client, tokenFor: () => Promise.reject(new Error()) };
    const { requestInterceptor } = createAuthorization(failing, PAGE);
    expect((await requestInterceptor({ url: '/api', headers: {} })).headers).toEqual({
      'X-Requested-With': 'docs',
    });
  });

  it('asks after each response to the session whether it has ended', async () => {
    const { requestInterceptor, responseInterceptor } = createAuthorization(client, PAGE);
    await requestInterceptor({ url: '/api/auth/logout', headers: {} });
    const response = { status: 204 };
    expect(responseInterceptor(response)).toBe(response);
    responseInterceptor(response);
    expect(asked).toEqual(['/api/auth/verify']);
  });
});
