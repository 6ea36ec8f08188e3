import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import {
  type ServerProcess,
  serverEnvironment,
  startServer,
} from '../../../../test/support/server-process.js';
import { createFakeServer } from '../../src/testing/index.js';

/** What a request brings a token in: which token, or a text that is none. */
const IN_HEADER = [
  undefined,
  'access',
  'refresh',
  'forged access',
  'forged refresh',
  'access of another session',
  'refresh of another session',
  'undefined',
  'null',
  'nonsense',
  'a.b.c',
] as const;
const IN_BODY = [
  undefined,
  'access',
  'refresh',
  'forged refresh',
  'refresh of another session',
  'undefined',
  'a.b.c',
  '',
] as const;

interface Tokens {
  readonly access_token: string;
  readonly refresh_token?: string;
}

/** A server, real or fake, with a browser before it. */
interface Side {
  register(transport?: 'cookie'): Promise<Tokens>;
  /** @param hasCookie whether the browser sends the cookie of the last session that has one */
  send(
    path: string,
    method: 'GET' | 'POST',
    token: string | undefined,
    body?: object,
    hasCookie?: boolean,
  ): Promise<Response>;
}

describe('the fake server beside the real one', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer(serverEnvironment(database.url));
  });

  afterAll(async () => {
    await server?.stop();
    await database.drop();
  });

  describe.each(['/api/auth/refresh', '/api/auth/logout'])('POST %s', (path) => {
    describe.each([false, true])('with a cookie: %p', (hasCookie) => {
      it.each(IN_HEADER)(
        'and %p in the header answers alike, whatever the body brings',
        async (inHeader) => {
          await Promise.all(
            IN_BODY.map(async (inBody) => {
              const fake = createFakeServer();
              const [wanted, given] = await Promise.all(
                [sideOf(fetch, server.url), sideOf(fake.fetch, fake.url)].map((side) =>
                  answerOf(side, path, inHeader, inBody, hasCookie),
                ),
              );
              expect({ inBody, ...given }).toEqual({ inBody, ...wanted });
            }),
          );
        },
      );
    });
  });
});

/** What comes of it, to the client and to the three sessions that the browser has. */
async function answerOf(
  side: Side,
  path: string,
  inHeader: (typeof IN_HEADER)[number],
  inBody: (typeof IN_BODY)[number],
  hasCookie: boolean,
) {
  const [own, other, byCookie] = [
    await side.register(),
    await side.register(),
    await side.register('cookie'),
  ];
  const texts: Record<string, string | undefined> = {
    access: own.access_token,
    refresh: own.refresh_token,
    'forged access': forged(own.access_token),
    'forged refresh': forged(own.refresh_token!),
    'access of another session': other.access_token,
    'refresh of another session': other.refresh_token,
  };
  const textOf = (what: string | undefined) => (what === undefined ? what : (texts[what] ?? what));
  const refresh_token = textOf(inBody);
  const body = refresh_token === undefined ? {} : { refresh_token };
  const answer = await side.send(path, 'POST', textOf(inHeader), body, hasCookie);
  const content = JSON.parse((await answer.text()) || '{}') as Record<string, unknown>;
  const live = await Promise.all(
    [own, other, byCookie].map(
      async ({ access_token }) => (await side.send('/api/auth/verify', 'GET', access_token)).status,
    ),
  );
  const { headers } = await side.send('/api/auth/refresh', 'POST', undefined, {}, true);
  return {
    status: answer.status,
    outcome: answer.headers.get('X-Refresh-Outcome'),
    problem: 'code' in content && { ...content, request_id: 'of this request' },
    headers: ['Content-Type', 'WWW-Authenticate', 'Retry-After'].map((name) =>
      answer.headers.get(name),
    ),
    tokens: Object.keys(content).filter((name) => /token|expires/.test(name)),
    live,
    nextByCookie: headers.get('X-Refresh-Outcome'),
  };
}

function forged(token: string): string {
  return `${token.slice(0, -4)}AAAA`;
}

function sideOf(fetch: typeof globalThis.fetch, url: string): Side {
  // The fake server keeps it by itself.
  let cookie = '';
  const send: Side['send'] = async (path, method, token, body, hasCookie = false) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        'X-Requested-With': 'a page',
        Origin: url,
        'X-Device-Id': 'a device',
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(hasCookie && { Cookie: cookie }),
      },
      credentials: hasCookie ? 'include' : 'omit',
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (hasCookie) cookie = answer.headers.get('Set-Cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
  return {
    send,
    register: async (transport) => {
      const account = { email: newEmail(), password: PASSWORD };
      const body = { ...account, ...(transport && { transport }) };
      const answer = await send('/api/auth/register', 'POST', undefined, body, !!transport);
      expect(answer.status).toBe(201);
      return (await answer.json()) as Tokens;
    },
  };
}
