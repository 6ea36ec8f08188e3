import { Module } from '@nestjs/common';
import passport from 'passport';
import { Identities, LoginProvider } from '../../src/index.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import {
  Api,
  claimsOf,
  newEmail,
  PASSWORD,
  refreshTokenOf,
  type ApiResponse,
} from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { mailsTo, UNDELIVERED } from '../support/mails.js';

const MAX_AGE_SECONDS = 300;
const TOLERANCE_SECONDS = 5;
const LIMIT_SECONDS = MAX_AGE_SECONDS + TOLERANCE_SECONDS;
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

class RedirectingStrategy extends passport.Strategy {
  override authenticate() {
    this.redirect('https://acme.example/authorize');
  }
}

@LoginProvider('acme')
class Acme {
  strategy() {
    return new RedirectingStrategy();
  }

  identify() {
    return { issuer: 'https://acme.example', subject: 'nobody' };
  }
}

@Module({ providers: [Acme] })
class ProvidersModule {}

interface Somebody extends TokenResponse {
  readonly email: string;
  readonly identityId: string;
}

interface Route {
  readonly name: string;
  /** Its status if it succeeds. */
  readonly done: number;
  /** The user's session goes on, with the tokens that the client has. */
  readonly keepsTokens: boolean;
  send(person: Somebody, password: object): Promise<ApiResponse<TokenResponse>>;
}

let app: TestApp;
let api: Api;

beforeAll(async () => {
  app = await startApp({ env: UNDELIVERED, modules: [ProvidersModule] });
  api = new Api(app.url);
});
afterAll(() => app?.close());

const post = (path: string, { access_token: token }: Somebody, body: object) =>
  api.call<TokenResponse>('POST', `/auth/${path}`, { token, body });

const ROUTES: readonly Route[] = [
  {
    name: 'POST /api/auth/change-password',
    done: 200,
    keepsTokens: false,
    send: (person, password) =>
      post('change-password', person, { new_password: NEW_PASSWORD, ...password }),
  },
  {
    name: 'POST /api/auth/change-email',
    done: 202,
    keepsTokens: true,
    send: (person, password) =>
      post('change-email', person, { new_email: newEmail(), ...password }),
  },
  {
    name: 'POST /api/auth/delete-account',
    done: 204,
    keepsTokens: false,
    send: (person, password) => post('delete-account', person, password),
  },
  {
    name: 'POST /api/auth/identities',
    done: 200,
    keepsTokens: true,
    send: (person, password) => post('identities', person, { provider: 'acme', ...password }),
  },
];

const PASSWORDS = {
  right: { current_password: PASSWORD },
  wrong: { current_password: 'not-the-password' },
  missing: {},
  null: { current_password: null },
} as const;

const LOGINS = {
  recent: 0,
  'at the limit': LIMIT_SECONDS - 1,
  'a second older': LIMIT_SECONDS,
} as const;

type Given = keyof typeof PASSWORDS;
type Login = keyof typeof LOGINS;

/** What is said to a user who has a password, whenever they have signed in. */
const WITH_PASSWORD: Record<Given, string> = {
  right: 'done',
  wrong: '422 current_password_invalid',
  missing: '422 validation_failed',
  null: '422 validation_failed',
};

/** What is said to a user who has none, and gives none. */
const WITHOUT_PASSWORD: Record<Login, string> = {
  recent: 'done',
  'at the limit': 'done',
  'a second older': '401 reauthentication_required',
};

const CASES = (Object.keys(LOGINS) as Login[]).flatMap((login) =>
  (Object.keys(PASSWORDS) as Given[]).flatMap((given) => [
    { has: 'a password', given, login, expected: WITH_PASSWORD[given] },
    {
      has: 'no password',
      given,
      login,
      expected:
        given === 'right' || given === 'wrong'
          ? '422 current_password_invalid'
          : WITHOUT_PASSWORD[login],
    },
  ]),
);

async function somebody(has: string): Promise<Somebody> {
  const person = await api.register();
  const identities = app.nest.get(Identities);
  for (const issuer of ['https://acme.example', 'https://other.example'])
    await identities.link(person.user.id, { issuer, subject: person.user.id });
  const [identity] = await identities.list(person.user.id);
  if (has === 'no password') await setHash(person.user.id, null);
  return { ...person, identityId: identity!.id };
}

async function setHash(userId: string, hash: string | null): Promise<void> {
  const values = [userId, hash];
  await app.database.query('UPDATE users SET password_hash = $2 WHERE id = $1', values);
}

/** Sets the clock so many seconds after the user proved who they are. */
function goTo({ access_token }: TokenResponse, secondsLater: number): void {
  const instantMs = ((claimsOf(access_token).auth_time as number) + secondsLater) * 1000;
  app.clock.advance({ seconds: (instantMs - app.clock.nowMs()) / 1000 });
}

async function expectSignedIn(person: TokenResponse): Promise<void> {
  expect((await api.me(person.access_token)).status).toBe(200);
  expect((await api.refresh(refreshTokenOf(person))).status).toBe(200);
}

describe.each(ROUTES)('$name', ({ send, done, keepsTokens }) => {
  it.each(CASES)(
    'for a user who has $has, with $given current_password and a login that is $login: $expected',
    async ({ has, given, login, expected }) => {
      const person = await somebody(has);
      if (LOGINS[login] > 0) goTo(person, LOGINS[login]);
      const { status, body } = await send(person, PASSWORDS[given]);
      expect(status === done ? 'done' : `${status} ${body.code}`).toBe(expected);
      if (expected !== 'done' || keepsTokens) await expectSignedIn(person);
      else if (body.access_token) await expectSignedIn(body);
    },
  );

  it('says which field is missing', async () => {
    const { body } = await send(await somebody('a password'), {});
    expect(body).toMatchObject({ errors: [{ field: 'current_password' }] });
  });

  it('refuses an old login with the challenge of RFC 9470, and clears nothing', async () => {
    const person = await somebody('no password');
    goTo(person, LIMIT_SECONDS);
    const { headers, body } = await send(person, {});
    expect(body).toMatchObject({ clear_credentials: false, max_age: MAX_AGE_SECONDS });
    const challenge = headers.get('www-authenticate');
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge).toContain('max_age="300"');
  });

  it.each(['a password', 'no password'])(
    'records a wrong password of a user who has %s, and no missing one',
    async (has) => {
      const person = await somebody(has);
      const recorded = async () =>
        (
          await app.database.query(
            `SELECT FROM security_events WHERE user_id = $1 AND type = 'password_change_failed'`,
            [person.user.id],
          )
        ).length;
      goTo(person, LIMIT_SECONDS);
      await send(person, PASSWORDS.missing);
      expect(await recorded()).toBe(0);
      await send(person, PASSWORDS.wrong);
      expect(await recorded()).toBe(1);
    },
  );
});

describe('DELETE /api/auth/identities/{id}', () => {
  const unlink = ({ access_token: token, identityId }: Somebody) =>
    api.call('DELETE', `/auth/identities/${identityId}`, { token });

  it.each(
    ['a password', 'no password'].flatMap((has) =>
      (Object.keys(LOGINS) as Login[]).map((login) => ({ has, login })),
    ),
  )('for a user who has $has, with a login that is $login', async ({ has, login }) => {
    const person = await somebody(has);
    if (LOGINS[login] > 0) goTo(person, LOGINS[login]);
    const { status, body } = await unlink(person);
    if (WITHOUT_PASSWORD[login] === 'done') expect(status).toBe(204);
    else
      expect(body).toMatchObject({
        code: 'reauthentication_required',
        clear_credentials: false,
        max_age: MAX_AGE_SECONDS,
      });
    await expectSignedIn(person);
  });

  it('works after a new proof', async () => {
    const person = await somebody('a password');
    goTo(person, LIMIT_SECONDS);
    expect((await unlink(person)).status).toBe(401);
    const proven = await post('reauthenticate', person, PASSWORDS.right);
    expect((await unlink({ ...person, ...proven.body })).status).toBe(204);
  });
});

describe('the first password of a user', () => {
  it('is set after a recent login; other sessions end, and the owner is told', async () => {
    const person = await somebody('a password');
    const other = await api.anotherDevice().login(person.email);
    await setHash(person.user.id, null);
    const { body } = await post('change-password', person, { new_password: NEW_PASSWORD });
    expect((await api.me(other.body.access_token)).body.code).toBe('session_revoked');
    expect((await api.me(body.access_token)).status).toBe(200);
    expect((await api.login(person.email, { password: NEW_PASSWORD })).status).toBe(200);
    const kinds = (await mailsTo(app, person.email)).map(({ kind }) => kind);
    expect(kinds).toContain('password_changed');
  });

  it('must be acceptable', async () => {
    const response = await post('change-password', await somebody('no password'), {
      new_password: 'short',
    });
    expect(response.body.code).toBe('password_unacceptable');
  });

  it('is set once, of several at one moment', async () => {
    const person = await somebody('no password');
    const passwords = ['one', 'two', 'three'].map((word) => `${NEW_PASSWORD}-${word}`);
    const responses = await Promise.all(
      passwords.map((new_password) => post('change-password', person, { new_password })),
    );
    expect(responses.map(({ status }) => status).filter((one) => one === 200)).toHaveLength(1);
  });
});

describe('a user who has no password when a request comes, and has one when it is done', () => {
  it.each(ROUTES.filter(({ name }) => !name.endsWith('identities')))(
    '$name changes nothing',
    async ({ send }) => {
      const person = await somebody('no password');
      const hold = app.database.transaction();
      try {
        await hold.query('SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE', [person.user.id]);
        const response = send(person, {});
        const waits = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
        await eventually(async () => (await app.database.query(waits)).length > 0);
        await hold.query(`UPDATE users SET password_hash = 'x' WHERE id = $1`, [person.user.id]);
        await hold.query('COMMIT');
        expect((await response).body).toMatchObject({ code: 'current_password_invalid' });
      } finally {
        await hold.end();
      }
      await expectSignedIn(person);
      const [row] = await app.database.query(
        'SELECT email, password_hash FROM users WHERE id = $1',
        [person.user.id],
      );
      expect(row).toEqual({ email: person.email, password_hash: 'x' });
    },
  );
});
