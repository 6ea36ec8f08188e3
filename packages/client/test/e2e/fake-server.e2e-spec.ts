import { newEmail, PASSWORD } from '../../../../test/support/api.js';
import { createDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { eventually } from '../../../../test/support/eventually.js';
import type { Proof } from '../../../../src/mail/index.js';
import { UNDELIVERED, writtenMails } from '../../../../test/support/mails.js';
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

const REAUTHENTICATE = '/api/auth/reauthenticate';

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
    server = await startServer({ ...serverEnvironment(database.url), ...UNDELIVERED });
  });

  afterAll(async () => {
    await server?.stop();
    await database.drop();
  });

  it('mails the same links, and takes them in the same cases', async () => {
    const fake = createFakeServer();
    const ofFake = mailSideOf(fake.fetch, fake.url, async (kind, to) => {
      const mail = [...fake.mails].reverse().find((one) => one.kind === kind && one.to === to);
      return { token: mail?.token ?? '', code: mail?.code ?? '' };
    });
    const ofReal = mailSideOf(fetch, server.url, (kind, to) => mailOf(database, kind, to));
    const removePassword = async (email: string) => {
      const sql = 'UPDATE users SET password_hash = NULL WHERE email = $1 RETURNING id';
      expect(await database.query(sql, [email])).toHaveLength(1);
    };
    const wanted = await storyOf({ ...ofReal, removePassword });
    expect(wanted.length).toBeGreaterThan(40);
    expect(
      await storyOf({ ...ofFake, removePassword: (email) => fake.setPassword(email, null) }),
    ).toEqual(wanted);
  });

  it('exports lists of the same names', async () => {
    const fake = createFakeServer();
    const [wanted, given] = await Promise.all(
      [sideOf(fetch, server.url), sideOf(fake.fetch, fake.url)].map(async (side) => {
        const { access_token } = await side.register();
        const answer = await side.send('/api/users/me/export', 'GET', access_token);
        return Object.keys((await answer.json()) as object);
      }),
    );
    expect(given).toEqual(wanted);
  });

  describe.each(['/api/auth/refresh', '/api/auth/logout', REAUTHENTICATE])('POST %s', (path) => {
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

/** The newest mail of a kind, which may be written after the response. */
async function mailOf(database: TestDatabase, kind: string, to: string) {
  const find = async () =>
    (await writtenMails(database, to)).filter((one) => one.kind === kind).at(-1);
  await eventually(async () => (await find()) !== undefined);
  return (await find())?.data as Proof;
}

/** What one side answers to a step of a story about mails. */
interface MailSide {
  readonly say: (step: Step) => Promise<string>;
  readonly mail: (kind: string, to: string) => Promise<{ token: string; code: string }>;
}

interface Step {
  readonly path: string;
  readonly body?: object;
  readonly device?: string;
  readonly token?: string | undefined;
}

/** The token of a session, for steps that need one. */
type Ask = (step: Step) => Promise<Record<string, string>>;

function mailSideOf(
  fetch: typeof globalThis.fetch,
  url: string,
  mail: MailSide['mail'],
): MailSide & { ask: Ask } {
  const send = async ({ path, body = {}, device = 'own', token }: Step) =>
    fetch(`${url}/api/auth/${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'X-Device-Id': device,
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const contentOf = async (answer: Response) =>
    JSON.parse((await answer.text()) || '{}') as Record<string, string>;
  return {
    mail,
    say: async (step) => {
      const answer = await send(step);
      return `${step.path} ${answer.status} ${(await contentOf(answer)).code ?? ''}`;
    },
    ask: async (step) => contentOf(await send(step)),
  };
}

interface StorySide extends MailSide {
  readonly ask: Ask;
  readonly removePassword: (email: string) => Promise<void> | void;
}

/** Everything that mails are for, with the answers of one side. */
async function storyOf({ say, mail, ask, removePassword }: StorySide): Promise<string[]> {
  const said: string[] = [];
  const step = async (path: string, body: object, more: Partial<Step> = {}) =>
    void said.push(await say({ path, body, ...more }));
  const wrong = (code: string) => (code === '00000000' ? '00000001' : '00000000');
  const [email, next] = [newEmail(), newEmail()];
  const new_password = 'copper-Meadow-58-anchor';

  const { access_token: token } = await ask({
    path: 'register',
    body: { email, password: PASSWORD },
  });
  const first = await mail('verify_address', email);
  await step('verify-email', {});
  await step('verify-email', { token: first.token }, { device: 'other' });
  await step('verify-email', { code: first.code });
  await step('verify-email', { code: first.code }, { token: 'nonsense' });
  await step('verify-email', { code: wrong(first.code) }, { token });
  await step('send-verification', {});
  await step('send-verification', {}, { token });
  await step('verify-email', { token: first.token }, { token: 'nonsense' });
  await step('verify-email', { token: first.token });
  await step('send-verification', {}, { token });

  const change = { new_email: next, current_password: PASSWORD };
  await step('change-email', change);
  await step('change-email', { ...change, current_password: 'another one' }, { token });
  await step('change-email', { ...change, new_email: 'nobody' }, { token });
  await step('change-email', { ...change, new_email: email }, { token });
  await step('change-email', change, { token });
  const proof = await mail('verify_new_address', next);
  await step('verify-email', { token: proof.token, code: proof.code }, { device: 'other' });
  await step('verify-email', { token: proof.token });
  await step('register', { email, password: PASSWORD });
  await step('login', { email: next, password: PASSWORD });
  const undo = await mail('address_changed', email);
  await step('undo-email-change', { token: undo.token }, { device: 'other' });
  await step('undo-email-change', { token: undo.token, code: undo.code }, { device: 'other' });
  await step('undo-email-change', { token: undo.token, code: undo.code }, { device: 'other' });
  await step('login', { email, password: PASSWORD });
  await step('login', { email: next, password: PASSWORD });
  await step('logout-all', {}, { token });

  const lost = newEmail();
  await ask({ path: 'register', body: { email: lost, password: PASSWORD } });
  await step('forgot-password', { email: newEmail() });
  await step('forgot-password', { email: lost });
  const reset = await mail('reset_password', lost);
  await step('reset-password', { new_password });
  await step('reset-password', { email: lost, new_password });
  await step('reset-password', { token: reset.token, new_password: 'short' });
  await step('reset-password', { token: 'unknown', new_password });
  await step('reset-password', { token: reset.token, new_password }, { device: 'other' });
  for (let attempt = 1; attempt <= 5; attempt += 1)
    await step('reset-password', { email: lost, code: wrong(reset.code), new_password });
  await step('reset-password', { email: lost, code: reset.code, new_password });
  await step('reset-password', { token: reset.token, new_password });
  await step('reset-password', { token: reset.token, new_password });
  await step('login', { email: lost, password: new_password });

  const stranger = newEmail();
  const taken = await ask({ path: 'register', body: { email: stranger, password: PASSWORD } });
  const { token: link, code } = await mail('verify_address', stranger);
  await step('verify-email', { token: link, code }, { device: 'other' });
  await step('login', { email: stranger, password: PASSWORD });
  await step('logout-all', {}, { token: taken.access_token });
  const renewed = await mail('reset_password', stranger);
  await step('reset-password', { token: renewed.token, new_password }, { device: 'other' });

  const leaving = newEmail();
  const account = { email: leaving, password: PASSWORD };
  const own = { token: (await ask({ path: 'register', body: account })).access_token };
  await step('delete-account', { current_password: PASSWORD });
  await step('delete-account', {}, own);
  await step('delete-account', { current_password: null }, own);
  await step('delete-account', { current_password: 'another one' }, own);
  await step('change-email', { new_email: newEmail() }, own);
  await step('change-password', { new_password }, own);
  await step('delete-account', { current_password: PASSWORD }, own);
  await step('delete-account', { current_password: PASSWORD }, own);
  await step('login', account);
  await step('register', account);

  const passwordless = newEmail();
  const guest = await ask({ path: 'register', body: { email: passwordless, password: PASSWORD } });
  await removePassword(passwordless);
  const by = { token: guest.access_token };
  await step('login', { email: passwordless, password: PASSWORD });
  await step('reauthenticate', { current_password: PASSWORD }, by);
  await step('change-email', { new_email: newEmail(), current_password: PASSWORD }, by);
  await step('change-email', { new_email: newEmail() }, by);
  await step('delete-account', { current_password: '' }, by);
  await step('change-password', { new_password: 'short' }, by);
  const { access_token: later } = await ask({
    path: 'change-password',
    body: { new_password },
    token: by.token,
  });
  await step('login', { email: passwordless, password: new_password });
  await step('delete-account', {}, { token: later });
  await removePassword(passwordless);
  await step('delete-account', { current_password: null }, { token: later });
  await step('delete-account', {}, { token: later });
  return said;
}

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
  const body = {
    ...(refresh_token !== undefined && { refresh_token }),
    ...(path === REAUTHENTICATE && { current_password: PASSWORD }),
  };
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
