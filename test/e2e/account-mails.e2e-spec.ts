import { randomUUID } from 'node:crypto';
import { AdminService } from '../../src/admin/admin.service.js';
import { Outbox } from '../../src/mail/index.js';
import { ProofSweeper } from '../../src/auth/proofs/proof-sweeper.js';
import { Api, newEmail, PASSWORD, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { lastMail, mailsTo, UNDELIVERED, wrongCodeFor } from '../support/mails.js';

const NEW_PASSWORD = 'copper-Meadow-58-anchor';
const UNKNOWN_TOKEN = 'nIQy5rZzkgkNd2ZHNIvYWc5LkK0jP3VnHk5P0Vb0s5c';

/** Status and code of a response. */
const said = ({ status, body }: ApiResponse<object>) =>
  body.code ? `${status} ${body.code}` : status;

describe('accounts by mail', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp({ env: UNDELIVERED });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    browser = new Api(app.url);
  });

  const post = (path: string, body: object, { token, by = browser }: Options = {}) =>
    by.call('POST', `/auth/${path}`, { body, ...(token !== undefined && { token }) });
  const forgot = (email: string, by?: Api) => post('forgot-password', { email }, { by });
  const reset = (body: object, by?: Api) =>
    post('reset-password', { new_password: NEW_PASSWORD, ...body }, { by });
  const kindsTo = async (email: string) => (await mailsTo(app, email)).map(({ kind }) => kind);

  /** Somebody who has asked for a mail to set a new password. */
  async function forgetful() {
    const person = await browser.register();
    await forgot(person.email);
    return { ...person, mail: await lastMail(app, person.email, 'reset_password') };
  }

  /** Somebody with a verified address. */
  async function verified() {
    const person = await browser.register();
    const { token } = await lastMail(app, person.email, 'verify_address');
    expect(said(await post('verify-email', { token }))).toBe(204);
    return person;
  }

  describe('POST /api/auth/forgot-password', () => {
    it('mails a link and a code of eight digits for 30 minutes', async () => {
      const { email } = await browser.register();
      expect(said(await forgot(email.toUpperCase()))).toBe(202);
      const mail = await lastMail(app, email, 'reset_password');
      expect(mail).toEqual({
        token: expect.stringMatching(/^[\w-]{43}$/) as string,
        code: expect.stringMatching(/^\d{8}$/) as string,
        expiresInMinutes: 30,
      });
    });

    it('responds alike for an unknown address, a deactivated user and no address at all', async () => {
      const { email, user } = await browser.register();
      await app.database.query('UPDATE users SET deactivated_at = now() WHERE id = $1', [user.id]);
      for (const address of [newEmail(), email, 'nobody'])
        expect(said(await forgot(address))).toBe(202);
      expect(await kindsTo(email)).toEqual(['verify_address']);
      expect(said(await post('forgot-password', {}))).toBe('422 validation_failed');
    });

    it('stores neither token nor code, nor an address that has no account', async () => {
      const { email, mail } = await forgetful();
      const unknown = newEmail();
      await forgot(unknown);
      await mailsTo(app, email);
      const text = JSON.stringify(await app.database.query('SELECT * FROM proofs'));
      for (const secret of [mail.token, mail.code, unknown]) expect(text).not.toContain(secret);
    });

    it('mails five times an hour to one address, and responds alike after that', async () => {
      const { email } = await browser.register();
      for (let mail = 1; mail <= 7; mail += 1) expect(said(await forgot(email))).toBe(202);
      // Not the mails: those whose link has expired are given up meanwhile.
      const proofs = async () => {
        await mailsTo(app, email);
        const address = `address = $1 AND purpose = 'reset_password'`;
        return (await app.database.query(`SELECT FROM proofs WHERE ${address}`, [email])).length;
      };
      expect(await proofs()).toBe(5);
      app.clock.advance({ minutes: 59 });
      await forgot(email);
      expect(await proofs()).toBe(5);
      app.clock.advance({ minutes: 2 });
      await forgot(email);
      expect(await proofs()).toBe(6);
    });

    it('mails five times, too, if they are asked for at one moment', async () => {
      const { email } = await browser.register();
      await Promise.all(Array.from({ length: 20 }, () => forgot(email)));
      expect(await kindsTo(email)).toHaveLength(1 + 5);
    });

    it('does not reset the wait of somebody who guesses passwords', async () => {
      const limited = await startApp({
        beside: app,
        env: { ...UNDELIVERED, THROTTLE_LOGIN_LIMIT: '3' },
      });
      try {
        const guesser = new Api(limited.url);
        const { email } = await browser.register();
        const guess = () => guesser.login(email, { password: 'not-the-password-1' });
        const minute = () => app.clock.advance({ seconds: 61 });
        for (let guesses = 1; guesses <= 3; guesses += 1) await guess();
        minute();
        await guess();
        minute();
        minute();
        expect(said(await forgot(email, guesser))).toBe(202);
        // The fifth wrong password in a row: the next one must wait for two minutes.
        await guess();
        minute();
        expect(said(await guess())).toBe('429 rate_limited');
      } finally {
        await limited.close();
      }
    });
  });

  describe('POST /api/auth/reset-password', () => {
    it('sets the password, ends every session and verifies the address', async () => {
      const { email, mail, access_token, refresh_token, session_id } = await forgetful();
      const other = await browser.anotherDevice().login(email);
      expect(said(await reset({ token: mail.token }))).toBe(204);

      expect(said(await browser.me(access_token))).toBe('401 session_revoked');
      expect(said(await browser.me(other.body.access_token))).toBe('401 session_revoked');
      expect(said(await browser.refresh(refresh_token ?? ''))).toBe('401 session_revoked');
      expect(said(await browser.login(email))).toBe('401 invalid_credentials');
      const { body } = await browser.login(email, { password: NEW_PASSWORD });
      expect(body.user).toMatchObject({ email, email_verified: true });
      expect(body.session_id).not.toBe(session_id);
    });

    it('writes a notice, and an event', async () => {
      const { email, user, mail } = await forgetful();
      await reset({ token: mail.token });
      expect(await lastMail(app, email, 'password_changed')).toEqual({
        at: expect.stringMatching(/Z$/) as string,
        deviceName: expect.any(String) as string,
        network: '127.0.0.0/24',
      });
      const events = await app.database.query<{ type: string }>(
        'SELECT type FROM security_events WHERE user_id = $1',
        [user.id],
      );
      expect(events.map(({ type }) => type)).toContain('password_reset');
    });

    it('takes the code with the address, in any browser, as it is typed', async () => {
      const { email, mail } = await forgetful();
      const typed = ` ${mail.code.slice(0, 4)} ${mail.code.slice(4)}`;
      const elsewhere = browser.anotherDevice();
      expect(said(await reset({ email: email.toUpperCase(), code: typed }, elsewhere))).toBe(204);
      expect(said(await browser.login(email, { password: NEW_PASSWORD }))).toBe(200);
    });

    it('takes the token in another browser with the code only, and without it nothing is used up', async () => {
      const { mail } = await forgetful();
      const { token, code } = mail;
      const elsewhere = browser.anotherDevice();
      const unnamed = { 'x-device-id': '' };
      expect(said(await reset({ token }, elsewhere))).toBe('422 code_invalid');
      expect(said(await reset({ token, code: wrongCodeFor(mail) }, elsewhere))).toBe(
        '422 code_invalid',
      );
      const response = await browser.call('POST', '/auth/reset-password', {
        body: { token, new_password: NEW_PASSWORD },
        headers: unnamed,
      });
      expect(said(response)).toBe('422 code_invalid');
      expect(said(await reset({ token, code }, elsewhere))).toBe(204);
    });

    it('knows a browser without a device id by its kind and its address', async () => {
      const { email } = await browser.register();
      const agent = (name: string) => ({ 'x-device-id': '', 'user-agent': name });
      const firefox = agent(
        'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
      );
      await browser.call('POST', '/auth/forgot-password', { body: { email }, headers: firefox });
      const { token } = await lastMail(app, email, 'reset_password');
      const body = { token, new_password: NEW_PASSWORD };
      const resetBy = async (headers: Record<string, string>) =>
        said(await browser.call('POST', '/auth/reset-password', { body, headers }));
      expect(await resetBy(agent('scanner/1.0'))).toBe('422 code_invalid');
      expect(await resetBy(agent(''))).toBe('422 code_invalid');
      expect(await resetBy(firefox)).toBe(204);
    });

    it('refuses an unknown token, a used one and an expired one alike', async () => {
      expect(said(await reset({ token: UNKNOWN_TOKEN }))).toBe('422 link_invalid');

      const used = await forgetful();
      await reset({ token: used.mail.token });
      expect(said(await reset({ token: used.mail.token }))).toBe('422 link_invalid');
      const { email, mail } = used;
      expect(said(await reset({ email, code: mail.code }))).toBe('422 code_invalid');

      const late = await forgetful();
      app.clock.advance({ minutes: 30, seconds: -1 });
      expect(said(await reset({ token: late.mail.token, new_password: 'short' }))).toBe(
        '422 password_unacceptable',
      );
      app.clock.advance({ seconds: 1 });
      expect(said(await reset({ token: late.mail.token }))).toBe('422 link_invalid');
      const expired = { email: late.email, code: late.mail.code };
      expect(said(await reset(expired))).toBe('422 code_invalid');
    });

    it('voids every other mail of the account, sent or not', async () => {
      const { email, mail } = await forgetful();
      await forgot(email);
      const second = await lastMail(app, email, 'reset_password');
      const { token: verification } = await lastMail(app, email, 'verify_address');
      expect(said(await reset({ token: second.token }))).toBe(204);
      expect(await kindsTo(email)).toEqual(['password_changed']);
      for (const body of [{ token: mail.token }, { token: verification }])
        expect(said(await reset(body))).toBe('422 link_invalid');
      expect(said(await post('verify-email', { token: verification }))).toBe('422 link_invalid');
    });

    it('allows five attempts at a code, also at one moment, and the link after them', async () => {
      const { email, mail } = await forgetful();
      const elsewhere = browser.anotherDevice();
      const guesses = await Promise.all(
        Array.from({ length: 12 }, () => reset({ email, code: wrongCodeFor(mail) }, elsewhere)),
      );
      expect(new Set(guesses.map(said))).toEqual(new Set(['422 code_invalid']));
      const [row] = await app.database.query<{ attempts: number }>(
        `SELECT max(attempts) AS attempts FROM proofs p JOIN users u ON u.id = p.user_id
         WHERE u.email = $1 AND p.purpose = 'reset_password'`,
        [email],
      );
      expect(row?.attempts).toBe(5);
      expect(said(await reset({ email, code: mail.code }, elsewhere))).toBe('422 code_invalid');
      expect(said(await reset({ token: mail.token, code: mail.code }, elsewhere))).toBe(
        '422 code_invalid',
      );
      expect(said(await reset({ token: mail.token }))).toBe(204);
    });

    it('takes the right code at the fifth attempt', async () => {
      const { email, mail } = await forgetful();
      for (let attempt = 1; attempt <= 4; attempt += 1)
        await reset({ email, code: wrongCodeFor(mail) });
      expect(said(await reset({ email, code: mail.code }))).toBe(204);
    });

    it('counts attempts for an address without account, so that no time tells it', async () => {
      const email = newEmail();
      await forgot(email);
      await mailsTo(app, email);
      const before = await app.database.query(`SELECT id FROM proofs WHERE attempts = 1`);
      expect(said(await reset({ email, code: '12345678' }))).toBe('422 code_invalid');
      const after = await app.database.query(`SELECT id FROM proofs WHERE attempts = 1`);
      expect(after).toHaveLength(before.length + 1);
    });

    it('makes a guesser of codes wait as one of passwords', async () => {
      const limited = await startApp({
        beside: app,
        env: { ...UNDELIVERED, THROTTLE_LOGIN_LIMIT: '3' },
      });
      try {
        const guesser = new Api(limited.url);
        const { email } = await browser.register();
        for (let guesses = 1; guesses <= 3; guesses += 1)
          await reset({ email, code: '00000000' }, guesser);
        app.clock.advance({ seconds: 61 });
        await reset({ email, code: '00000000' }, guesser);
        app.clock.advance({ seconds: 30 });
        expect(said(await guesser.login(email))).toBe('429 rate_limited');
      } finally {
        await limited.close();
      }
    });

    it('lets exactly one of many win that use one token, or one code, at one moment', async () => {
      const byToken = await forgetful();
      const tokens = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          reset({ token: byToken.mail.token, new_password: `${NEW_PASSWORD}-${index}` }),
        ),
      );
      expect(tokens.map(said).sort()).toEqual([
        204,
        ...Array.from({ length: 19 }, () => '422 link_invalid'),
      ]);
      const byCode = await forgetful();
      const { email, mail } = byCode;
      const codes = await Promise.all(
        Array.from({ length: 20 }, () => reset({ email, code: mail.code })),
      );
      expect(codes.map(said).filter((answer) => answer === 204)).toHaveLength(1);
      expect(new Set(codes.map(said))).toEqual(new Set([204, '422 code_invalid']));
    });

    it.each([
      ['nothing', {}],
      ['an address alone', { email: 'a@example.com' }],
      ['a code alone', { code: '12345678' }],
    ])('needs a token, or an address and a code, not %s', async (_what, body) => {
      expect(said(await reset(body))).toBe('422 validation_failed');
    });

    it('leaves link and code as they were after an unacceptable password', async () => {
      const { email, mail } = await forgetful();
      for (let attempt = 1; attempt <= 6; attempt += 1)
        expect(said(await reset({ email, code: mail.code, new_password: 'short' }))).toBe(
          '422 password_unacceptable',
        );
      expect(said(await reset({ email, code: mail.code }))).toBe(204);
    });

    it('does not let a session begin with the old password at the same moment', async () => {
      const { email, mail } = await forgetful();
      const [, ...logins] = await Promise.all([
        reset({ token: mail.token }),
        ...Array.from({ length: 8 }, () => browser.login(email)),
      ]);
      for (const { body } of logins.filter(({ status }) => status === 200))
        expect(said(await browser.me(body.access_token))).toBe('401 session_revoked');
    });
  });

  describe('POST /api/auth/verify-email', () => {
    it('verifies the address in the browser that registered, signed in or not', async () => {
      const { email, access_token } = await browser.register();
      const { token } = await lastMail(app, email, 'verify_address');
      expect(said(await post('verify-email', { token }))).toBe(204);
      const { body } = await browser.me(access_token);
      expect(body).toMatchObject({ email, email_verified: true });
      expect(said(await browser.login(email))).toBe(200);
      expect(said(await post('verify-email', { token }))).toBe('422 link_invalid');
    });

    it('verifies the address in another browser that is signed in', async () => {
      const { email } = await browser.register();
      const { token } = await lastMail(app, email, 'verify_address');
      const by = browser.anotherDevice();
      const { access_token } = (await by.login(email)).body;
      expect(said(await post('verify-email', { token }, { by }))).toBe('422 code_invalid');
      expect(said(await post('verify-email', { token }, { by, token: access_token }))).toBe(204);
      expect((await browser.me(access_token)).body.email_verified).toBe(true);
    });

    it('takes the code alone of the user who is signed in, and of nobody else', async () => {
      const { email, access_token } = await browser.register();
      const stranger = await browser.anotherDevice().register();
      const { code } = await lastMail(app, email, 'verify_address');
      expect(said(await post('verify-email', { code }))).toBe('401 token_missing');
      expect(said(await post('verify-email', { code }, { token: 'nonsense' }))).toBe(
        '401 token_invalid',
      );
      expect(said(await post('verify-email', { code }, { token: stranger.access_token }))).toBe(
        '422 code_invalid',
      );
      expect(said(await post('verify-email', { code }, { token: access_token }))).toBe(204);
    });

    it('works by the link in a browser whose session has ended', async () => {
      const { email, access_token } = await browser.register();
      await browser.logout(access_token);
      const { token } = await lastMail(app, email, 'verify_address');
      expect(said(await post('verify-email', { token }, { token: access_token }))).toBe(204);
    });

    it('needs a token or a code', async () => {
      const { access_token } = await browser.register();
      expect(said(await post('verify-email', {}, { token: access_token }))).toBe(
        '422 validation_failed',
      );
    });

    it('takes no link of another kind', async () => {
      const { mail } = await forgetful();
      expect(said(await post('verify-email', { token: mail.token }))).toBe('422 link_invalid');
    });

    it('drops nothing if the address was verified before', async () => {
      const { email, access_token } = await browser.register();
      await post('send-verification', {}, { token: access_token });
      const [first, second] = (await mailsTo(app, email)).map(
        ({ data }) => data as { token: string; code: string },
      );
      // Verified by an operator, or by a login provider.
      await app.database.query('UPDATE users SET email_verified = true WHERE email = $1', [email]);
      const by = browser.anotherDevice();
      const { token, code } = first ?? {};
      expect(said(await post('verify-email', { token, code }, { by }))).toBe(204);
      expect(said(await browser.me(access_token))).toBe(200);
      expect(said(await post('verify-email', { token: second?.token }))).toBe('422 link_invalid');
    });
  });

  describe('POST /api/auth/send-verification', () => {
    it('mails another link, and none once the address is verified', async () => {
      const { email, access_token } = await browser.register();
      const send = () => post('send-verification', {}, { token: access_token });
      expect(said(await send())).toBe(202);
      expect(await kindsTo(email)).toEqual(['verify_address', 'verify_address']);
      const { token } = await lastMail(app, email, 'verify_address');
      await post('verify-email', { token });
      expect(said(await send())).toBe(202);
      expect(await kindsTo(email)).toHaveLength(2);
    });

    it('mails five times an hour, and says when again', async () => {
      const { access_token } = await browser.register();
      const send = () => post('send-verification', {}, { token: access_token });
      // The first of five was that of the registration.
      for (let mail = 2; mail <= 5; mail += 1) expect(said(await send())).toBe(202);
      const limited = await send();
      expect(said(limited)).toBe('429 rate_limited');
      const retryAfter = Number(limited.headers.get('retry-after'));
      expect(retryAfter).toBeGreaterThan(3500);
      expect(retryAfter).toBeLessThanOrEqual(3600);
    });

    it('needs an access token', async () => {
      expect(said(await post('send-verification', {}))).toBe('401 token_missing');
    });
  });

  describe('POST /api/auth/register', () => {
    it('tells the owner of a taken address, at most once an hour', async () => {
      const { email } = await browser.register();
      const again = () => post('register', { email: email.toUpperCase(), password: PASSWORD });
      for (let attempt = 1; attempt <= 3; attempt += 1)
        expect(said(await again())).toBe('409 email_taken');
      expect(await kindsTo(email)).toEqual(['verify_address', 'already_registered']);
      app.clock.advance({ minutes: 61 });
      await again();
      expect(await kindsTo(email)).toHaveLength(3);
    });

    it('writes no mail for a registration that fails', async () => {
      const email = newEmail();
      await post('register', { email, password: 'short' });
      expect(await kindsTo(email)).toEqual([]);
    });
  });

  describe('POST /api/auth/change-password', () => {
    it('writes the notice, and voids links that were asked for before', async () => {
      const { email, access_token, mail } = await forgetful();
      expect(said(await browser.changePassword(access_token, PASSWORD, NEW_PASSWORD))).toBe(200);
      expect(await kindsTo(email)).toContain('password_changed');
      expect(said(await reset({ token: mail.token }))).toBe('422 link_invalid');
    });

    it('writes no notice for a wrong current password', async () => {
      const { email, access_token } = await browser.register();
      await browser.changePassword(access_token, 'not-the-password-1', NEW_PASSWORD);
      expect(await kindsTo(email)).toEqual(['verify_address']);
    });
  });

  describe('POST /api/auth/change-email', () => {
    const change = (token: string, new_email: string, current_password = PASSWORD) =>
      post('change-email', { new_email, current_password }, { token });

    it('tells both addresses, and changes when the new one proves itself', async () => {
      const { email, access_token, user } = await verified();
      const next = newEmail();
      expect(said(await change(access_token, next))).toBe(202);
      expect((await browser.me(access_token)).body.email).toBe(email);
      expect(await lastMail(app, email, 'address_change_requested')).toEqual({
        newAddress: 'u***@example.com',
        token: expect.any(String) as string,
        code: expect.any(String) as string,
        expiresInMinutes: 72 * 60,
      });

      const { token } = await lastMail(app, next, 'verify_new_address');
      expect(said(await post('verify-email', { token }))).toBe(204);
      expect((await browser.me(access_token)).body).toMatchObject({
        id: user.id,
        email: next,
        email_verified: true,
      });
      expect(await kindsTo(email)).toContain('address_changed');
      expect(said(await browser.login(email))).toBe('401 invalid_credentials');
      expect(said(await browser.login(next))).toBe(200);
    });

    it('changes by the code of the new address, typed where somebody is signed in', async () => {
      const { access_token } = await verified();
      const next = newEmail();
      await change(access_token, next);
      const { code } = await lastMail(app, next, 'verify_new_address');
      expect(said(await post('verify-email', { code }, { token: access_token }))).toBe(204);
      expect((await browser.me(access_token)).body.email).toBe(next);
    });

    it('does not change in another browser that is not signed in, even by the code', async () => {
      const { email, access_token } = await verified();
      const next = newEmail();
      await change(access_token, next);
      const { token, code } = await lastMail(app, next, 'verify_new_address');
      const by = browser.anotherDevice();
      expect(said(await post('verify-email', { token, code }, { by }))).toBe('422 code_invalid');
      expect((await browser.me(access_token)).body.email).toBe(email);
    });

    it('needs the current password, and another address', async () => {
      const { email, access_token } = await verified();
      const next = newEmail();
      expect(said(await change(access_token, next, 'not-the-password-1'))).toBe(
        '422 current_password_invalid',
      );
      expect(said(await change(access_token, email.toUpperCase()))).toBe('422 validation_failed');
      expect(said(await change(access_token, 'nobody'))).toBe('422 validation_failed');
      expect(await kindsTo(next)).toEqual([]);
    });

    it('responds alike if somebody else has the address, whom alone a mail tells', async () => {
      const { access_token } = await verified();
      const taken = await browser.anotherDevice().register();
      expect(said(await change(access_token, taken.email))).toBe(202);
      expect(await kindsTo(taken.email)).toEqual(['verify_address', 'already_registered']);
    });

    it('is refused if somebody has taken the address meanwhile', async () => {
      const { email, access_token } = await verified();
      const next = newEmail();
      await change(access_token, next);
      const { token } = await lastMail(app, next, 'verify_new_address');
      await browser.anotherDevice().register({ email: next });
      expect(said(await post('verify-email', { token }))).toBe('422 link_invalid');
      expect((await browser.me(access_token)).body.email).toBe(email);
    });

    it('follows the last of several requests, and none from before a change of password', async () => {
      const { access_token } = await verified();
      const [first, second] = [newEmail(), newEmail()];
      await change(access_token, first);
      await change(access_token, second);
      const old = await lastMail(app, first, 'verify_new_address');
      expect(said(await post('verify-email', { token: old.token }))).toBe('422 link_invalid');
      await browser.changePassword(access_token, PASSWORD, NEW_PASSWORD);
      const { token } = await lastMail(app, second, 'verify_new_address');
      expect(said(await post('verify-email', { token }))).toBe('422 link_invalid');
    });

    it('mails five times an hour to one new address, and does nothing more', async () => {
      const next = newEmail();
      for (let request = 1; request <= 5; request += 1) {
        const { access_token } = await browser.register();
        expect(said(await change(access_token, next))).toBe(202);
      }
      const { access_token, email } = await verified();
      expect(said(await change(access_token, next))).toBe('429 rate_limited');
      expect(await kindsTo(email)).toEqual(['verify_address']);
      expect(await kindsTo(next)).toHaveLength(5);
    });

    it('gives an old address that was never verified no way back: it may be a stranger’s', async () => {
      const { email, access_token } = await browser.register();
      const next = newEmail();
      await change(access_token, next);
      const { token } = await lastMail(app, next, 'verify_new_address');
      expect(said(await post('verify-email', { token }))).toBe(204);
      expect(await kindsTo(email)).toEqual([]);
    });
  });

  describe('POST /api/auth/undo-email-change', () => {
    const undo = (body: object, by?: Api) => post('undo-email-change', body, { by });

    /** A thief, who knows the password, has changed the address of an account. */
    async function stolen() {
      const owner = await verified();
      const thief = browser.anotherDevice();
      const { access_token } = (await thief.login(owner.email)).body;
      const next = await moveTo(newEmail(), access_token, thief);
      return { owner, thief, thiefToken: access_token, next };
    }

    async function moveTo(next: string, token: string, by: Api): Promise<string> {
      const body = { new_email: next, current_password: PASSWORD };
      expect(said(await post('change-email', body, { token, by }))).toBe(202);
      const mail = await lastMail(app, next, 'verify_new_address');
      expect(said(await post('verify-email', { token: mail.token }, { by }))).toBe(204);
      return next;
    }

    it('restores the address, ends every session, and mails a link to set a new password', async () => {
      const { owner, thief, thiefToken, next } = await stolen();
      const { token, code } = await lastMail(app, owner.email, 'address_changed');
      expect(said(await undo({ token, code }))).toBe(204);

      expect(said(await thief.me(thiefToken))).toBe('401 session_revoked');
      for (const address of [owner.email, next])
        expect(said(await thief.login(address))).toBe('401 invalid_credentials');
      const { token: resetToken } = await lastMail(app, owner.email, 'reset_password');
      expect(said(await reset({ token: resetToken }))).toBe(204);
      const { body } = await browser.login(owner.email, { password: NEW_PASSWORD });
      expect(body.user).toMatchObject({ id: owner.user.id, email_verified: true });
    });

    it('works for 72 hours, in another browser with the code only, and once', async () => {
      const { owner } = await stolen();
      const { token, code } = await lastMail(app, owner.email, 'address_changed');
      expect(said(await undo({ token }))).toBe('422 code_invalid');
      app.clock.advance({ hours: 72, seconds: -5 });
      expect(said(await undo({ token, code }))).toBe(204);
      expect(said(await undo({ token, code }))).toBe('422 link_invalid');

      const late = await stolen();
      const mail = await lastMail(app, late.owner.email, 'address_changed');
      app.clock.advance({ hours: 72 });
      expect(said(await undo({ token: mail.token, code: mail.code }))).toBe('422 link_invalid');
    });

    it('also cancels a change that the new address has not confirmed', async () => {
      const { email, access_token } = await verified();
      const next = newEmail();
      const body = { new_email: next, current_password: PASSWORD };
      await post('change-email', body, { token: access_token });
      const { token, code } = await lastMail(app, email, 'address_change_requested');
      expect(said(await undo({ token, code }, browser.anotherDevice()))).toBe(204);
      const pending = await lastMail(app, email, 'reset_password');
      expect(pending.token).not.toBe(token);
      expect(said(await browser.me(access_token))).toBe('401 session_revoked');
      expect(await kindsTo(next)).toEqual([]);
    });

    it('is not prevented by a second change, nor by the undoing of that one', async () => {
      const { owner, thief, thiefToken, next } = await stolen();
      await moveTo(newEmail(), thiefToken, thief);
      const second = await lastMail(app, next, 'address_changed');
      expect(said(await undo({ token: second.token }, thief))).toBe(204);
      const first = await lastMail(app, owner.email, 'address_changed');
      expect(said(await undo({ token: first.token, code: first.code }))).toBe(204);
      await forgot(owner.email);
      expect(await kindsTo(owner.email)).toContain('reset_password');
    });

    it('is not prevented by a reset from the new address, which also drops no notice', async () => {
      const { owner, thief, next } = await stolen();
      await forgot(next, thief);
      const { token: resetToken } = await lastMail(app, next, 'reset_password');
      expect(said(await reset({ token: resetToken }, thief))).toBe(204);
      const { token, code } = await lastMail(app, owner.email, 'address_changed');
      expect(said(await undo({ token, code }))).toBe(204);
    });

    it('is not prevented by an account that somebody registers with the old address', async () => {
      const { owner, thief, next } = await stolen();
      const again = { email: owner.email, password: PASSWORD };
      expect(said(await post('register', again, { by: thief }))).toBe('409 email_taken');
      const other = await thief.register();
      const body = { new_email: owner.email, current_password: PASSWORD };
      expect(said(await post('change-email', body, { token: other.access_token, by: thief }))).toBe(
        202,
      );
      expect(await kindsTo(owner.email)).not.toContain('verify_new_address');
      app.clock.advance({ hours: 73 });
      expect(said(await post('register', again, { by: thief }))).toBe(201);
      expect(next).not.toBe(owner.email);
    });
  });

  describe('where no mail is sent', () => {
    afterEach(() => jest.restoreAllMocks());

    it('the routes that send one respond 503 mail_not_configured, and others work', async () => {
      const { access_token, email } = await browser.register();
      const { token } = await lastMail(app, email, 'verify_address');
      jest.spyOn(app.nest.get(Outbox, { strict: false }), 'isOpen', 'get').mockReturnValue(false);
      const body = { new_email: newEmail(), current_password: PASSWORD };
      for (const response of [
        await forgot(email),
        await post('send-verification', {}, { token: access_token }),
        await post('change-email', body, { token: access_token }),
      ])
        expect(said(response)).toBe('503 mail_not_configured');
      expect(said(await post('verify-email', { token }))).toBe(204);
      const other = await browser.register();
      await browser.changePassword(other.access_token, PASSWORD, NEW_PASSWORD);
      expect(await kindsTo(other.email)).toEqual([]);
    });
  });

  describe('AdminService.resetPassword', () => {
    afterEach(() => jest.restoreAllMocks());

    it('returns a link with its code where no mail is sent', async () => {
      const { email } = await browser.register();
      jest.spyOn(app.nest.get(Outbox, { strict: false }), 'isOpen', 'get').mockReturnValue(false);
      const admin = app.nest.get(AdminService, { strict: false });
      const user = await admin.findUser(email);
      if (!user) throw new Error('The user is missing.');
      const given = await admin.resetPassword(user);
      if (given.mailed) throw new Error('The link was mailed.');
      const [, token] = given.link.split('/reset#token=');
      expect(said(await reset({ token }))).toBe('422 code_invalid');
      expect(said(await reset({ token, code: given.code }))).toBe(204);
      expect(await kindsTo(email)).toEqual([]);
    });
  });

  describe('a program that checks mails', () => {
    const PATHS = ['reset-password', 'verify-email', 'undo-email-change'];

    /** All live proofs, as they are stored. */
    const proofs = () =>
      app.database.query(`SELECT * FROM proofs WHERE ended_at IS NULL ORDER BY id`);

    async function links() {
      const person = await verified();
      const body = { new_email: newEmail(), current_password: PASSWORD };
      await post('change-email', body, { token: person.access_token });
      await forgot(person.email);
      const { email: unverified } = await browser.register();
      return [
        await lastMail(app, person.email, 'reset_password'),
        await lastMail(app, person.email, 'address_change_requested'),
        await lastMail(app, body.new_email, 'verify_new_address'),
        await lastMail(app, unverified, 'verify_address'),
      ];
    }

    it('uses up no link by opening it, and gets no session', async () => {
      const tokens = await links();
      const before = await proofs();
      for (const path of PATHS)
        for (const { token } of tokens)
          for (const method of ['GET', 'HEAD']) {
            const response = await fetch(`${app.url}/api/auth/${path}?token=${token}`, { method });
            expect(response.status).toBe(404);
            expect(response.headers.get('set-cookie')).toBeNull();
          }
      expect(await proofs()).toEqual(before);
    });

    it('uses up no link by submitting its form without the code, and gets no session', async () => {
      const tokens = await links();
      const before = await proofs();
      const scanner = browser.anotherDevice();
      const seen = new Set<string | number>();
      for (const path of ['reset-password', 'verify-email', 'undo-email-change'])
        for (const { token } of tokens)
          for (const extra of [{}, { code: '' }, { code: 'submit' }]) {
            const password = path === 'reset-password' && { new_password: NEW_PASSWORD };
            const response = await post(path, { token, ...password, ...extra }, { by: scanner });
            seen.add(said(response));
            expect(response.headers.get('set-cookie')).toBeNull();
            expect(response.body).not.toHaveProperty('access_token');
          }
      // The second where the link is of another route.
      expect(seen).toEqual(new Set(['422 code_invalid', '422 link_invalid']));
      expect(await proofs()).toEqual(before);
    });
  });

  it('no forged host reaches a mail', async () => {
    const { email } = await browser.register();
    const forgeries: Record<string, string>[] = [
      { 'x-forwarded-host': 'evil.example' },
      { forwarded: 'host=evil.example' },
      { origin: 'https://evil.example', referer: 'https://evil.example/' },
    ];
    for (const headers of forgeries)
      await browser.call('POST', '/auth/forgot-password', { body: { email }, headers });
    const mails = await mailsTo(app, email);
    expect(mails).toHaveLength(4);
    expect(JSON.stringify(mails)).not.toContain('evil');
  });

  it('proofs are deleted an hour after they expire', async () => {
    const { user } = await forgetful();
    const left = () => app.database.query('SELECT FROM proofs WHERE user_id = $1', [user.id]);
    const sweep = () => app.nest.get(ProofSweeper, { strict: false }).sweep();
    app.clock.advance({ minutes: 89 });
    await sweep();
    expect(await left()).toHaveLength(2);
    app.clock.advance({ minutes: 2 });
    await sweep();
    expect(await left()).toHaveLength(0);
  });

  it('a browser with a device id is recognised by that alone', async () => {
    const deviceId = randomUUID();
    const { email } = await new Api(app.url, deviceId).register();
    const { token } = await lastMail(app, email, 'verify_address');
    const sameAgent = new Api(app.url);
    expect(said(await post('verify-email', { token }, { by: sameAgent }))).toBe('422 code_invalid');
    const later = new Api(app.url, deviceId);
    expect(said(await post('verify-email', { token }, { by: later }))).toBe(204);
  });
});

interface Options {
  readonly token?: string;
  readonly by?: Api | undefined;
}
