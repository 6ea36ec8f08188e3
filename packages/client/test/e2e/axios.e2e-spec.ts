import http from 'node:http';
import { Readable } from 'node:stream';
import axios, { type AxiosInstance, type AxiosStatic, type CreateAxiosDefaults } from 'axios';
import oldestAxios from 'axios-1.0';
import { Api, claimsOf, newEmail, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { eventually } from '../../../../test/support/eventually.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import { attachAuth } from '../../src/axios/index.js';
import { type AuthClient, AuthError, createAuthClient } from '../../src/core/index.js';
import { type Gateway, startGateway } from '../support/gateway.js';

let database: TestDatabase;
let server: ServerProcess;
let gateway: Gateway;
let elsewhere: Gateway;
const clients: AuthClient[] = [];

beforeAll(async () => {
  database = await createDatabase();
  // Every answer to an authorised request may bring a renewed token.
  server = await startServer({
    ...serverEnvironment(database.url),
    ACCESS_TOKEN_EXPIRE_MINUTES: '60',
    ACCESS_TOKEN_RENEW_MINUTES: '60',
  });
});

afterAll(async () => {
  await server.stop();
  await database.drop();
});

beforeEach(async () => {
  gateway = await startGateway(server.url);
  elsewhere = await startGateway(server.url);
});

afterEach(() => {
  clients.splice(0).forEach((client) => client.dispose());
  gateway.close();
  elsewhere.close();
});

async function signedIn(baseUrl = gateway.url): Promise<AuthClient> {
  const client = createAuthClient({ baseUrl });
  clients.push(client);
  await client.register({ email: newEmail(), password: PASSWORD });
  return client;
}

/**
 * A client whose token, good for an hour as far as it knows, has ended with a change of password
 * elsewhere.
 */
async function withExpiredToken(): Promise<AuthClient> {
  const api = new Api(server.url);
  const { access_token, session_id, user } = await api.register();
  const { body } = await api.changePassword(access_token, PASSWORD, `${PASSWORD}-2`);
  const session = {
    session_id,
    user,
    access_token,
    refresh_token: body.refresh_token,
    expires_in: 3600,
    receivedAt: Date.now() - 60_000,
  };
  let stored = JSON.stringify({ generation: 1, deviceId: 'a device', session });
  const client = createAuthClient({
    baseUrl: gateway.url,
    storage: {
      read: async () => ({ kind: 'value', value: stored }),
      write: async (value) => void (stored = value),
    },
    // Were it asked at the start, it would know better.
    fetch: (input, init) =>
      (input as string).endsWith('/verify')
        ? Promise.reject(new TypeError('offline'))
        : fetch(input, init),
  });
  clients.push(client);
  await client.ready();
  expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  return client;
}

/**
 * Jest has an Object of its own, and axios 1.0 takes headers for headers only where they are one.
 */
const WITH_HEADERS_OF_JEST: CreateAxiosDefaults = {
  transport: {
    request: (options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void) =>
      http.request(options, (response) =>
        onResponse(Object.defineProperty(response, 'headers', { value: { ...response.headers } })),
      ),
  },
};

describe.each([
  ['the newest axios', axios, {}],
  ['the newest axios over fetch', axios, { adapter: 'fetch' }],
  ['axios 1.0', oldestAxios as unknown as AxiosStatic, WITH_HEADERS_OF_JEST],
])('attachAuth, with %s', (_name, library, defaults) => {
  function create(more: CreateAxiosDefaults = {}): AxiosInstance {
    return library.create({ baseURL: gateway.url, ...defaults, ...more });
  }

  it('authorises requests to the server, however they are addressed, and no others', async () => {
    const client = await signedIn();
    const token = await client.getAccessToken();
    const api = create({ baseURL: `${gateway.url}/app` });
    attachAuth(api, client);
    await api.get('echo');
    await api.get(`${gateway.url}/app/echo`, { params: { q: 'http://elsewhere' } });
    await expect(api.get(`${elsewhere.url}/app/echo`)).rejects.toMatchObject({
      response: { status: 401, data: { code: 'token_missing' } },
    });
    await expect(api.get('echo', { baseURL: `${elsewhere.url}/app` })).rejects.toMatchObject({
      response: { status: 401 },
    });
    expect(gateway.run.map((request) => request.token)).toEqual([token, token]);
    expect(elsewhere.asked.map((request) => request.token)).toEqual([undefined, undefined]);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it.each([
    ['an Authorization of its own', { headers: { authorization: 'Bearer own' } }, 'own'],
    ['false for it', { headers: { Authorization: false } }, undefined],
    ['the auth of axios', { auth: { username: 'ada', password: 'word' } }, 'Basic YWRhOndvcmQ='],
  ])('leaves a request with %s as it is', async (_what, config, token) => {
    const api = create();
    attachAuth(api, await signedIn());
    await api.get('/app/echo', config).catch(() => {});
    expect(gateway.asked.map((request) => request.token)).toEqual([token]);
  });

  it('sends what is sent while nobody is signed in without a token', async () => {
    const client = createAuthClient({ baseUrl: gateway.url });
    clients.push(client);
    const api = create();
    attachAuth(api, client);
    await expect(api.get('/app/echo')).rejects.toMatchObject({
      response: { status: 401, data: { code: 'token_missing' } },
    });
    expect(gateway.asked).toHaveLength(1);
  });

  it('refreshes once for ten requests on an expired token, and each is answered and run once', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        index % 2
          ? api.post<{ body: string }>('/app/echo', { index })
          : api.get<{ body: string }>('/app/echo'),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(gateway.refreshes).toBe(1);
    expect(gateway.run).toHaveLength(10);
    expect(gateway.asked).toHaveLength(20);
    const posted = gateway.run.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(posted.sort()).toEqual([1, 3, 5, 7, 9].map((index) => JSON.stringify({ index })));
  });

  it.each<[string, () => unknown, Record<string, string>, string]>([
    ['an object', () => ({ a: 1 }), {}, '{"a":1}'],
    ['a text as JSON', () => 'text', { 'Content-Type': 'application/json' }, '"text"'],
    [
      'a text',
      () => '{"already": "serialised"}',
      { 'Content-Type': 'text/plain' },
      '{"already": "serialised"}',
    ],
    ['URLSearchParams', () => new URLSearchParams({ a: '1 & 2' }), {}, 'a=1+%26+2'],
    [
      'an object as a form',
      () => ({ a: '1 & 2' }),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'a=1+%26+2',
    ],
    [
      'a Buffer',
      () => Buffer.from('bytes'),
      { 'Content-Type': 'application/octet-stream' },
      'bytes',
    ],
  ])('sends %s again as it was', async (_what, body, headers, expected) => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const { data } = await api.post<{ body: string }>('/app/echo', body(), { headers });
    // Versions of axios differ in how they encode a blank.
    expect(data.body.replaceAll('%20', '+')).toBe(expected);
    const [refused, run] = gateway.asked;
    expect(run).toEqual({ ...refused, token: await client.getAccessToken() });
    expect(refused?.token).not.toBe(run?.token);
    expect(gateway.run).toHaveLength(1);
  });

  it('rejects where a stream would have to be sent again', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const failure: unknown = await api
      .post('/app/echo', Readable.from(['a stream']))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuthError);
    expect(failure).toMatchObject({
      code: 'replay_impossible',
      status: 401,
      problem: { code: 'token_expired' },
    });
    expect(gateway.run).toEqual([]);
    // The next one goes well.
    const { data } = await api.post<{ body: string }>(
      '/app/echo',
      Readable.from(['another stream']),
    );
    expect(data.body).toBe('another stream');
  });

  it('shows interceptors and transformations one request and one answer', async () => {
    const client = await withExpiredToken();
    const seen: string[] = [];
    const api = create({
      transformRequest: [
        (data: unknown, headers) => {
          seen.push('transformRequest');
          headers['Content-Type'] = 'text/plain';
          return `<${String(data)}>`;
        },
      ],
      transformResponse: [
        (data: string) => {
          seen.push('transformResponse');
          return (JSON.parse(data) as { body: string }).body;
        },
      ],
    });
    api.interceptors.request.use((config) => (seen.push('request'), config));
    // This is how many have it, and a full answer would break the application as well as a second
    // unwrapping.
    api.interceptors.response.use((response) => (seen.push('response'), response.data));
    attachAuth(api, client);
    api.interceptors.response.use((data) => (seen.push('response after'), data));
    expect(await api.post('/app/echo', 'body')).toBe('<body>');
    expect(seen).toEqual([
      'request',
      'transformRequest',
      'transformResponse',
      'response',
      'response after',
    ]);
    expect(gateway.asked).toHaveLength(2);
  });

  it('adds nothing that an interceptor has taken away', async () => {
    const client = await signedIn();
    const api = create({ params: { by: 'default' } });
    api.interceptors.request.use((config) => (delete config.params, config));
    attachAuth(api, client);
    await api.get('/app/echo');
    expect(gateway.run.map(({ path }) => path)).toEqual(['/app/echo']);
  });

  it.each(['text', 'json', 'arraybuffer', 'stream'] as const)(
    'understands a refusal that it gets as %s',
    async (responseType) => {
      const client = await withExpiredToken();
      const api = create();
      attachAuth(api, client);
      const { data } = await api.get<unknown>('/app/echo', { responseType });
      const text =
        responseType === 'json'
          ? JSON.stringify(data)
          : await new Response(data as BodyInit).text();
      expect(text).toContain('"method":"GET"');
      expect(gateway.refreshes).toBe(1);
      expect(gateway.run).toHaveLength(1);
    },
  );

  it('rejects with an AxiosError of 401 once the session is over, and the client knows it', async () => {
    const client = await signedIn();
    const api = create();
    attachAuth(api, client);
    await new Api(server.url).logout(await client.getAccessToken());
    const failure: unknown = await api.post('/app/echo', {}).catch((error: unknown) => error);
    expect(library.isAxiosError(failure)).toBe(true);
    expect(failure).toMatchObject({ response: { status: 401, data: { code: 'session_revoked' } } });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
    expect(gateway.asked).toHaveLength(1);
  });

  it('resolves with a refusal where that is how the application wants it', async () => {
    const client = await withExpiredToken();
    const api = create({ validateStatus: () => true });
    attachAuth(api, client);
    expect((await api.get('/app/echo')).status).toBe(200);
    await new Api(server.url).logout(await client.getAccessToken());
    expect(await api.get('/app/echo')).toMatchObject({
      status: 401,
      data: { code: 'session_revoked' },
    });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
  });

  it('leaves a refusal that is to be read as a stream unread', async () => {
    const client = await signedIn();
    const api = create({ responseType: 'stream', validateStatus: () => true });
    attachAuth(api, client);
    await new Api(server.url).logout(await client.getAccessToken());
    const { status, data } = await api.get<ReadableStream>('/app/echo');
    expect(status).toBe(401);
    expect(await new Response(data).text()).toContain('session_revoked');
  });

  it('leaves errors that have nothing to do with tokens to axios, and sends nothing twice', async () => {
    const client = await signedIn();
    const api = create();
    attachAuth(api, client);
    await expect(api.post('/app/echo', {}, { params: { status: 403 } })).rejects.toMatchObject({
      isAxiosError: true,
      response: { status: 403 },
    });
    await expect(api.post('/app/echo', {}, { params: { status: 500 } })).rejects.toMatchObject({
      isAxiosError: true,
      response: { status: 500 },
    });
    await expect(api.post('/app/echo', {}, { params: { status: 401 } })).rejects.toMatchObject({
      isAxiosError: true,
      response: { status: 401 },
    });
    const ofItsOwn = { params: { status: 401, code: 'token_invalid' } };
    await expect(api.post('/app/echo', {}, ofItsOwn)).rejects.toMatchObject({
      isAxiosError: true,
      response: { status: 401 },
    });
    await expect(api.post('/app/broken', {})).rejects.toMatchObject({ isAxiosError: true });
    expect(gateway.asked).toHaveLength(5);
    expect(gateway.refreshes).toBe(0);
    expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
  });

  it('rejects with the reason where no other token can be had just now', async () => {
    const client = await withExpiredToken();
    const api = create({ timeout: 300 });
    const patiences: unknown[] = [];
    attachAuth(api, {
      tokenFor: (url, patience) => (patiences.push(patience), client.tokenFor(url, patience)),
      handleResponse: (response, problem, token, patience) => (
        patiences.push(patience),
        client.handleResponse(response, problem, token, patience)
      ),
    });
    const release = gateway.holdRefreshes();
    const failure: unknown = await api.get('/app/echo').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AuthError);
    expect(failure).toMatchObject({ code: 'timeout', kind: 'timeout' });
    expect(patiences).toEqual([{ timeoutMs: 300 }, { timeoutMs: 300 }]);
    release();
    expect((await api.get('/app/echo')).status).toBe(200);
  });

  it('lets one request be aborted while it waits for a token, and the others go on', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const release = gateway.holdRefreshes();
    const abort = new AbortController();
    const aborted = api
      .post('/app/echo', {}, { signal: abort.signal })
      .catch((error: unknown) => error);
    const other = api.get('/app/echo');
    await eventually(() => gateway.refreshes === 1 && gateway.asked.length === 2);
    abort.abort();
    expect(library.isCancel(await aborted)).toBe(true);
    release();
    expect((await other).status).toBe(200);
    expect(gateway.run).toHaveLength(1);
    expect(gateway.refreshes).toBe(1);
  });

  it('sends nothing that was cancelled by a token of axios while it waited', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const release = gateway.holdRefreshes();
    const { token, cancel } = library.CancelToken.source();
    const cancelled = api
      .post('/app/echo', {}, { cancelToken: token })
      .catch((error: unknown) => error);
    await eventually(() => gateway.refreshes === 1);
    cancel();
    release();
    expect(library.isCancel(await cancelled)).toBe(true);
    expect(gateway.asked).toHaveLength(1);
  });

  it('serves several instances with one refresh', async () => {
    const client = await withExpiredToken();
    const [one, other] = [create(), create({ baseURL: `${gateway.url}/app` })];
    attachAuth(one, client);
    attachAuth(other, client);
    const answers = await Promise.all([
      one.get('/app/echo'),
      other.get('/echo'),
      one.get('/app/echo'),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(gateway.refreshes).toBe(1);
  });

  it('serves the clients of several servers on one instance', async () => {
    const [client, clientElsewhere] = [await signedIn(), await signedIn(elsewhere.url)];
    const api = create();
    attachAuth(api, client);
    attachAuth(api, clientElsewhere);
    await api.get('/app/echo');
    await api.get(`${elsewhere.url}/app/echo`);
    expect(gateway.run.map(({ token }) => token)).toEqual([await client.getAccessToken()]);
    expect(elsewhere.run.map(({ token }) => token)).toEqual([
      await clientElsewhere.getAccessToken(),
    ]);
  });

  it('is attached as long as it has been attached more often than detached', async () => {
    const client = await withExpiredToken();
    const api = create();
    const detach = attachAuth(api, client);
    const detachAgain = attachAuth(api, client);
    expect((await api.get('/app/echo')).status).toBe(200);
    expect(gateway.asked).toHaveLength(2);
    detach();
    detach();
    expect((await api.get('/app/echo')).status).toBe(200);
    detachAgain();
    await expect(api.get('/app/echo')).rejects.toMatchObject({
      response: { status: 401, data: { code: 'token_missing' } },
    });
    expect(gateway.asked).toHaveLength(4);
  });

  it('ends what has begun when it is detached', async () => {
    const client = await withExpiredToken();
    const api = create();
    const detach = attachAuth(api, client);
    const release = gateway.holdRefreshes();
    const answer = api.get('/app/echo');
    await eventually(() => gateway.refreshes === 1);
    detach();
    release();
    expect((await answer).status).toBe(200);
  });

  it('leaves no token and no trace in what applications keep of an answer or an error', async () => {
    const client = await signedIn();
    const api = create({ headers: { 'X-Mine': 'kept' } });
    const { adapter } = api.defaults;
    attachAuth(api, client);
    const mine = { headers: { 'X-Own': 'kept, too' } };
    const { config } = await api.post('/app/echo', { a: 1 }, mine);
    expect(mine).toEqual({ headers: { 'X-Own': 'kept, too' } });
    expect(config.headers.get('Authorization')).toBeFalsy();
    expect(config.adapter).toEqual(adapter);

    const failure: unknown = await api
      .post('/app/echo', { a: 1 }, { params: { status: 500 } })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ config: { data: '{"a":1}' } });
    expect(JSON.stringify((failure as { config: object }).config)).not.toContain('eyJ');
    expect(gateway.run[0]?.token).toBe(await client.getAccessToken());
  });

  it('authorises what an application sends again with the config of an error', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    const { config } = (await api
      .post('/app/echo', { a: 1 }, { params: { status: 503 } })
      .catch((error: unknown) => error)) as {
      config: Parameters<AxiosInstance['request']>[0];
    };
    await expect(api.request(config)).rejects.toMatchObject({
      response: { status: 503, data: { body: '{"a":1}' } },
    });
    expect(gateway.asked).toHaveLength(3);
    expect(gateway.run.map(({ token }) => token)).toEqual(
      Array(2).fill(await client.getAccessToken()),
    );
  });

  it('sends a request at most twice, even if the new token is refused, too, and it is attached twice', async () => {
    const client = await withExpiredToken();
    const api = create();
    attachAuth(api, client);
    attachAuth(api, client);
    await expect(
      api.get('/app/echo', { params: { status: 401, code: 'token_expired' } }),
    ).rejects.toMatchObject({
      response: { status: 401 },
    });
    expect(gateway.asked).toHaveLength(2);
    expect(gateway.refreshes).toBe(1);
  });

  it('takes the renewed token that an answer brings', async () => {
    const client = await signedIn();
    const before = await client.getAccessToken();
    const api = create();
    attachAuth(api, client);
    await eventually(
      async () =>
        (await api.get('/api/users/me')).status === 200 &&
        (await client.getAccessToken()) !== before,
    );
    expect(gateway.refreshes).toBe(0);
  });
});

describe('attachAuth', () => {
  // The oldest axios knows none in Node, and over fetch the newest gives it a wrong type there,
  // attached or not.
  it('sends a FormData again as it was', async () => {
    const client = await withExpiredToken();
    const api = axios.create({ baseURL: gateway.url });
    attachAuth(api, client);
    const form = new FormData();
    form.set('title', 'A file');
    form.set('file', new Blob(['its content']), 'name.txt');
    const { data } = await api.post<{ body: string; type: string }>('/app/echo', form);
    expect(data.type).toMatch(/^multipart\/form-data; boundary=/);
    for (const part of ['name="title"', 'A file', 'filename="name.txt"', 'its content'])
      expect(data.body).toContain(part);
    expect(gateway.asked).toHaveLength(2);
    expect(gateway.run).toHaveLength(1);
  });

  it('takes no token from another origin that the server redirects to', async () => {
    const client = await signedIn();
    const before = await client.getAccessToken();
    const api = axios.create({ baseURL: gateway.url });
    attachAuth(api, client);
    const { sub, sid, iat } = claimsOf(before);
    const claims = Buffer.from(JSON.stringify({ sub, sid, iat: Number(iat) + 10 })).toString(
      'base64url',
    );
    const lure = { 'x-new-token': `e30.${claims}.e30`, 'x-new-token-expires-in': '3600' };

    const target = `${elsewhere.url}/app/open?headers=${encodeURIComponent(JSON.stringify(lure))}`;
    const { headers } = await api.get('/app/echo', {
      params: { status: 302, headers: JSON.stringify({ location: target }) },
    });
    expect(headers['x-new-token']).toBe(lure['x-new-token']);
    expect(await client.getAccessToken()).toBe(before);

    // From the server itself it would be taken.
    await api.get('/app/echo', { params: { headers: JSON.stringify(lure) } });
    expect(await client.getAccessToken()).toBe(lure['x-new-token']);
  });
});
