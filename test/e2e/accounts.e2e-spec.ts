import { randomUUID } from 'node:crypto';
import { Api, claimsOf, newEmail, PASSWORD, refreshTokenOf, wholeOrBegun } from '../support/api.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { startApp, type TestApp } from '../support/app.js';

describe('accounts', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp();
    browser = new Api(app.url);
  });
  afterAll(() => app.close());

  const register = (body: object) =>
    browser.call<TokenResponse>('POST', '/auth/register', { body });

  describe('POST /api/auth/register', () => {
    it('creates the user and signs them in', async () => {
      const email = newEmail();
      const response = await register({
        email,
        password: PASSWORD,
        first_name: 'John',
        last_name: 'Doe',
      });
      expect(response.status).toBe(201);
      expect(response.body).toMatchObject({
        token_type: 'bearer',
        expires_in: 28_800,
        user: { email, first_name: 'John', last_name: 'Doe', email_verified: false },
      });
      expect(wholeOrBegun(2_592_000)).toContain(response.body.refresh_expires_in);
      expect(response.headers.get('cache-control')).toBe('no-store');
    });

    it('takes an address once, whatever its case, also when two ask at the same moment', async () => {
      const email = newEmail();
      const responses = await Promise.all([
        register({ email, password: PASSWORD }),
        register({ email: email.toUpperCase(), password: PASSWORD }),
      ]);
      expect(responses.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect(responses.find(({ status }) => status === 409)?.body.code).toBe('email_taken');
    });

    it('stores an address in its canonical form, and takes it once in whatever spelling', async () => {
      const local = randomUUID();
      const spellings = [
        `${local}@Bücher.example`,
        `${local.toUpperCase()}@bu\u0308cher.example`,
        `${local}@XN--BCHER-KVA.example`,
        `${local}@ｂücher.example`,
      ];
      const [first, ...others] = await inTurn(spellings, (email) =>
        register({ email, password: PASSWORD }),
      );
      const email = `${local}@xn--bcher-kva.example`;
      expect(first?.body.user.email).toBe(email);
      expect(others.map(({ body }) => body.code)).toEqual(Array(3).fill('email_taken'));
      const logins = await inTurn(spellings, (spelling) => browser.login(spelling));
      expect(logins.map(({ status }) => status)).toEqual(Array(4).fill(200));
    });

    it.each([
      ['a look-alike', 'víctim@example.com'],
      ['a quoted local part', '"a\r\nb"@example.com'],
      ['full width', 'ａda@example.com'],
      ['no width', 'a\u200bda@example.com'],
      ['an override of direction', '\u202eada@example.com'],
    ])('refuses an address with %s', async (_what, email) => {
      expect((await register({ email, password: PASSWORD })).body.code).toBe('validation_failed');
    });

    it.each([
      ['NFC', 'NFD'],
      ['NFD', 'NFC'],
    ])('takes a password of %s from a keyboard that writes %s', async (chosen, typed) => {
      const password = 'clé d’été à Ångström';
      const { email } = await browser.register({ password: password.normalize(chosen) });
      const response = await browser.login(email, { password: password.normalize(typed) });
      expect(response.status).toBe(200);
    });

    it.each([
      ['7 characters', 'xK4-pQ9', 422],
      ['8 characters', 'xK4-pQ9z', 201],
      ['72 bytes', 'q8Zr'.repeat(18), 201],
      ['73 bytes', `${'q8Zr'.repeat(18)}x`, 422],
      ['37 characters in 74 bytes', 'ü'.repeat(37), 422],
      ['a common one', 'password1', 422],
      ['a common one in capitals', 'PASSWORD1', 422],
    ])('judges a password of %s', async (_what, password, status) => {
      const response = await register({ email: newEmail(), password });
      expect(response.status).toBe(status);
      if (status === 422) expect(response.body.code).toBe('password_unacceptable');
    });

    it('names every field at fault', async () => {
      const { body } = await register({ email: 'no address', password: 12, is_admin: true });
      expect(body).toMatchObject({ status: 422, code: 'validation_failed' });
      expect(new Set(body.errors?.map(({ field }) => field))).toEqual(
        new Set(['email', 'password', 'is_admin']),
      );
    });

    it.each([
      ['a NUL character', 'John\0'],
      ['half a surrogate pair', 'John\ud800'],
      ['a line break', 'John\nDoe'],
      ['a control character', 'John\u001b[2J'],
      ['an override of direction', '\u202eJohn'],
      ['an isolate of direction', '\u2066John'],
      ['101 characters', 'x'.repeat(101)],
    ])('refuses a name with %s', async (_what, first_name) => {
      expect(
        (await register({ email: newEmail(), password: PASSWORD, first_name })).body.code,
      ).toBe('validation_failed');
    });
  });

  describe('POST /api/auth/login', () => {
    it('signs in, whatever the case of the address', async () => {
      const { email } = await browser.register();
      expect((await browser.login(email.toUpperCase())).status).toBe(200);
    });

    it('gives one answer for a wrong password, an unknown address and a deactivated user', async () => {
      const known = await browser.register();
      const gone = await browser.register();
      await app.database.query('UPDATE users SET deactivated_at = now() WHERE id = $1', [
        gone.user.id,
      ]);
      const responses = await Promise.all([
        browser.login(known.email, { password: 'not-the-password' }),
        browser.login(newEmail()),
        browser.login(gone.email),
        browser.login(known.email, { password: 'x'.repeat(73) }),
      ]);
      for (const { body } of responses)
        expect(body).toMatchObject({
          status: 401,
          code: 'invalid_credentials',
          clear_credentials: false,
        });
      expect(
        new Set(responses.map(({ body }) => JSON.stringify({ ...body, request_id: '' }))).size,
      ).toBe(1);
    });

    it('hashes again when the cost was raised', async () => {
      const dearer = await startApp({ beside: app, env: { BCRYPT_COST: '5' } });
      const { email, user } = await browser.register();
      const costOf = async () => {
        const [row] = await app.database.query<{ password_hash: string }>(
          'SELECT password_hash FROM users WHERE id = $1',
          [user.id],
        );
        return row?.password_hash.split('$')[2];
      };
      expect(await costOf()).toBe('04');
      expect((await browser.at(dearer.url).login(email)).status).toBe(200);
      expect(await costOf()).toBe('05');
      expect((await browser.login(email)).status).toBe(200);
      expect(await costOf()).toBe('05');
      await dearer.close();
    });

    it.each(['$2a$', '$2y$'])(
      'takes a hash of another system that begins with %s, and replaces it',
      async (prefix) => {
        const { email, user } = await browser.register();
        const [before] = await app.database.query<{ password_hash: string }>(
          `UPDATE users SET password_hash = replace(password_hash, '$2b$', $2) WHERE id = $1 RETURNING password_hash`,
          [user.id, prefix],
        );
        expect(before?.password_hash.startsWith(prefix)).toBe(true);
        expect((await browser.login(email, { password: 'another one' })).status).toBe(401);
        expect((await browser.login(email)).status).toBe(200);
        const [after] = await app.database.query<{ password_hash: string }>(
          'SELECT password_hash FROM users WHERE id = $1',
          [user.id],
        );
        expect(after?.password_hash).toMatch(/^\$2b\$04\$/);
        expect((await browser.login(email)).status).toBe(200);
      },
    );
  });

  describe('/api/users/me', () => {
    it('tells who I am, by both of its paths', async () => {
      const { access_token: token, user } = await browser.register({ first_name: 'Ann' });
      for (const path of ['/users/me', '/auth/me'])
        expect((await browser.call('GET', path, { token })).body).toEqual(user);
    });

    it('changes the names that are given and keeps the others', async () => {
      const { access_token: token } = await browser.register({ first_name: 'Ann' });
      const rename = async (body: object) =>
        (await browser.call('PATCH', '/users/me', { token, body })).body;
      expect(await rename({ last_name: 'Lee' })).toMatchObject({
        first_name: 'Ann',
        last_name: 'Lee',
      });
      expect(await rename({ first_name: null })).toMatchObject({
        first_name: null,
        last_name: 'Lee',
      });
      expect(await rename({})).toMatchObject({ first_name: null, last_name: 'Lee' });
      expect(await rename({ email: 'other@example.com' })).toMatchObject({
        code: 'validation_failed',
      });
    });
  });

  describe('POST /api/auth/change-password', () => {
    const CHOSEN = 'copper-Meadow-58-anchor';

    it('gives this session new tokens, voids its older ones and ends the others', async () => {
      const mine = await browser.register();
      const other = (await browser.login(mine.email)).body;
      const { status, body } = await browser.changePassword(mine.access_token, PASSWORD, CHOSEN);
      expect(status).toBe(200);
      expect(body.session_id).toBe(mine.session_id);
      expect(claimsOf(refreshTokenOf(body))).toMatchObject({ epoch: 1, gen: 0, key: 1, parent: 0 });
      expect((await browser.me(body.access_token)).status).toBe(200);

      expect((await browser.me(mine.access_token)).body).toMatchObject({
        code: 'token_expired',
        clear_credentials: false,
      });
      expect((await browser.me(other.access_token)).body.code).toBe('session_revoked');
      expect((await browser.refresh(refreshTokenOf(other))).body.code).toBe('session_revoked');
      expect((await browser.login(mine.email)).body.code).toBe('invalid_credentials');
      expect((await browser.login(mine.email, { password: CHOSEN })).status).toBe(200);
    });

    it('gives a forgotten tab with an older refresh token nothing, and leaves the session alone', async () => {
      const mine = await browser.register();
      const { body } = await browser.changePassword(mine.access_token, PASSWORD, CHOSEN);
      expect((await browser.refresh(refreshTokenOf(mine))).body.code).toBe('session_revoked');
      expect((await browser.logout(refreshTokenOf(mine))).status).toBe(204);
      expect((await browser.refresh(refreshTokenOf(body))).headers.get('x-refresh-outcome')).toBe(
        'rotated',
      );
    });

    it('changes nothing for a wrong current password or an unacceptable new one', async () => {
      const mine = await browser.register();
      const wrong = await browser.changePassword(mine.access_token, 'not-the-password', CHOSEN);
      expect(wrong.body).toMatchObject({
        status: 422,
        code: 'current_password_invalid',
        clear_credentials: false,
      });
      expect((await browser.changePassword(mine.access_token, PASSWORD, 'short')).body.code).toBe(
        'password_unacceptable',
      );
      expect((await browser.me(mine.access_token)).status).toBe(200);
      expect((await browser.login(mine.email)).status).toBe(200);
    });

    it('lets one of two changes at once win', async () => {
      const mine = await browser.register();
      const responses = await Promise.all(
        ['copper-Meadow-58-anchor', 'silver-Canyon-41-basket'].map((chosen) =>
          browser.changePassword(mine.access_token, PASSWORD, chosen),
        ),
      );
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    });
  });

  describe('GET /api/auth/verify', () => {
    it('tells what a good token is worth', async () => {
      const { access_token: token, session_id, user } = await browser.register();
      const { body } = await browser.call('GET', '/auth/verify', { token });
      expect(body).toEqual({
        valid: true,
        user: { id: user.id },
        session_id,
        expires_in: expect.any(Number) as number,
      });
    });

    it('tells an expired token from an invalid one, with the tolerance for clocks', async () => {
      const { access_token: token } = await browser.register();
      const code = async () => (await browser.call('GET', '/auth/verify', { token })).body.code;
      app.clock.advance({ hours: 8, seconds: 3 });
      expect(await code()).toBeUndefined();
      app.clock.advance({ seconds: 3 });
      expect(await code()).toBe('token_expired');
    });
  });
});

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
