import { Api, newEmail, PASSWORD, type ApiResponse } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { lastMail, mailsTo, UNDELIVERED } from '../support/mails.js';

const OWNERS_PASSWORD = 'copper-Meadow-58-anchor';

const said = ({ status, body }: ApiResponse<object>) =>
  body.code ? `${status} ${body.code}` : status;

/**
 * The classes of account pre-hijacking (Sudhodanan and Paverd, USENIX Security 2022): an attacker
 * registers with the address of a victim, who later takes the account into use.
 */
describe('pre-hijacking', () => {
  let app: TestApp;
  let attacker: Api;
  let victim: Api;

  beforeAll(async () => {
    app = await startApp({ env: UNDELIVERED });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    attacker = new Api(app.url);
    victim = new Api(app.url);
  });

  const post = (by: Api, path: string, body: object, token?: string) =>
    by.call('POST', `/auth/${path}`, { body, ...(token !== undefined && { token }) });

  /** The victim finds that there is an account, and sets a password by mail. */
  async function takeByReset(email: string): Promise<void> {
    expect(said(await post(victim, 'register', { email, password: OWNERS_PASSWORD }))).toBe(
      '409 email_taken',
    );
    await post(victim, 'forgot-password', { email });
    const { token } = await lastMail(app, email, 'reset_password');
    const body = { token, new_password: OWNERS_PASSWORD };
    expect(said(await post(victim, 'reset-password', body))).toBe(204);
  }

  it('classic-federated merge: the password of a stranger is of no use once the address is proved (by a reset; there is no login provider yet)', async () => {
    const { email } = await attacker.register();
    await takeByReset(email);
    expect(said(await attacker.login(email))).toBe('401 invalid_credentials');
    expect(said(await victim.login(email, { password: OWNERS_PASSWORD }))).toBe(200);
  });

  it('unexpired session: every session of the stranger ends, and none of their tokens is renewed', async () => {
    const { email, access_token, refresh_token } = await attacker.register();
    const second = await attacker.anotherDevice().login(email, { remember_me: true });
    await takeByReset(email);
    for (const token of [access_token, second.body.access_token])
      expect(said(await attacker.me(token))).toBe('401 session_revoked');
    for (const token of [refresh_token, second.body.refresh_token])
      expect(said(await attacker.refresh(token ?? ''))).toBe('401 session_revoked');
  });

  it('trojan identifier: an address that the stranger has added is no way back', async () => {
    const { email, access_token } = await attacker.register();
    const own = newEmail();
    const change = { new_email: own, current_password: PASSWORD };
    await post(attacker, 'change-email', change, access_token);
    const added = await lastMail(app, own, 'verify_new_address');
    await takeByReset(email);
    expect(said(await post(attacker, 'verify-email', { token: added.token }))).toBe(
      '422 link_invalid',
    );
    await post(attacker, 'forgot-password', { email: own });
    expect(await mailsTo(app, own)).toEqual([]);
  });

  it('trojan identifier: an address that the stranger had before is no way back, since only they can add the one of the victim', async () => {
    const { email: own, access_token } = await attacker.register();
    const { token } = await lastMail(app, own, 'verify_address');
    await post(attacker, 'verify-email', { token });
    const email = newEmail();
    const change = { new_email: email, current_password: PASSWORD };
    await post(attacker, 'change-email', change, access_token);
    const mail = await lastMail(app, email, 'verify_new_address');
    const proof = { token: mail.token, code: mail.code };
    expect(said(await post(victim, 'verify-email', proof))).toBe('422 code_invalid');
    expect(said(await post(victim, 'register', { email, password: OWNERS_PASSWORD }))).toBe(201);
    expect(said(await post(attacker, 'verify-email', { token: mail.token }))).toBe(
      '422 link_invalid',
    );
  });

  it('unexpired change of address: what the stranger has begun ends, whatever was mailed', async () => {
    const { email, access_token } = await attacker.register();
    const own = newEmail();
    await post(
      attacker,
      'change-email',
      { new_email: own, current_password: PASSWORD },
      access_token,
    );
    await post(attacker, 'forgot-password', { email });
    const mails = [
      await lastMail(app, own, 'verify_new_address'),
      await lastMail(app, email, 'reset_password'),
      await lastMail(app, email, 'verify_address'),
    ];
    await takeByReset(email);
    for (const { token, code } of mails) {
      const ways: [string, object][] = [
        ['verify-email', { token, code }],
        ['undo-email-change', { token, code }],
        ['reset-password', { token, code, new_password: PASSWORD }],
      ];
      for (const [path, proof] of ways)
        expect(said(await post(attacker, path, proof))).toBe('422 link_invalid');
    }
    const { body } = await victim.login(email, { password: OWNERS_PASSWORD });
    expect(body.user.email).toBe(email);
  });

  it('non-verifying provider: nobody says of themselves that an address is verified (there is no login provider yet)', async () => {
    const account = { email: newEmail(), password: PASSWORD, email_verified: true };
    expect(said(await post(attacker, 'register', account))).toBe('422 validation_failed');
    const { access_token: token } = await attacker.register();
    const claim = { body: { email_verified: true }, token };
    expect(said(await attacker.call('PATCH', '/users/me', claim))).toBe('422 validation_failed');
    expect((await attacker.me(token)).body.email_verified).toBe(false);
  });

  describe('POST /api/auth/verify-email, for the first time,', () => {
    it('by the code in a browser that did not register removes the password, and ends every session', async () => {
      const { email, access_token, refresh_token } = await attacker.register();
      const own = newEmail();
      const change = { new_email: own, current_password: PASSWORD };
      await post(attacker, 'change-email', change, access_token);
      const pending = await lastMail(app, own, 'verify_new_address');
      const { token, code } = await lastMail(app, email, 'verify_address');
      expect(said(await post(victim, 'verify-email', { token, code }))).toBe(204);

      expect(said(await attacker.me(access_token))).toBe('401 session_revoked');
      expect(said(await attacker.refresh(refresh_token ?? ''))).toBe('401 session_revoked');
      expect(said(await attacker.login(email))).toBe('401 invalid_credentials');
      expect(said(await post(attacker, 'verify-email', { token: pending.token }))).toBe(
        '422 link_invalid',
      );

      const reset = await lastMail(app, email, 'reset_password');
      const body = { token: reset.token, new_password: OWNERS_PASSWORD };
      expect(said(await post(attacker, 'reset-password', body))).toBe('422 code_invalid');
      expect(said(await post(victim, 'reset-password', body))).toBe(204);
      const signedIn = await victim.login(email, { password: OWNERS_PASSWORD });
      expect(signedIn.body.user.email_verified).toBe(true);
    });

    it('by the link in the browser that registered keeps password and session', async () => {
      const { email, access_token, refresh_token } = await victim.register();
      const { token } = await lastMail(app, email, 'verify_address');
      expect(said(await post(victim, 'verify-email', { token }, access_token))).toBe(204);
      expect(said(await victim.me(access_token))).toBe(200);
      expect(said(await victim.refresh(refresh_token ?? ''))).toBe(200);
      expect(said(await victim.login(email))).toBe(200);
    });

    it('by the link in another browser that has signed in keeps them, too', async () => {
      const { email, access_token } = await victim.register();
      const phone = victim.anotherDevice();
      const { body } = await phone.login(email);
      const { token } = await lastMail(app, email, 'verify_address');
      expect(said(await post(phone, 'verify-email', { token }, body.access_token))).toBe(204);
      for (const kept of [access_token, body.access_token])
        expect(said(await victim.me(kept))).toBe(200);
    });

    it('by a session of another account shows nothing', async () => {
      const { email } = await attacker.register();
      const other = await victim.register();
      const { token } = await lastMail(app, email, 'verify_address');
      expect(said(await post(victim, 'verify-email', { token }, other.access_token))).toBe(
        '422 code_invalid',
      );
    });
  });
});
