import { type AuthClient, createAuthClient } from '../core/index.js';
import {
  createFakeClock,
  createFakeServer,
  type FakeClock,
  type FakeMail,
  type FakeServer,
} from '../testing/index.js';
import {
  changeEmail,
  deleteAccount,
  exportData,
  forgotPassword,
  resetPassword,
  sendVerification,
  undoEmailChange,
  verifyEmail,
} from './index.js';

const ADA = { email: 'ada@example.com', password: 'correct horse battery' };
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

describe('the door of accounts', () => {
  let clock: FakeClock;
  let server: FakeServer;
  let client: AuthClient;
  let clients: AuthClient[];

  beforeEach(() => {
    clock = createFakeClock();
    server = createFakeServer({ clock });
    clients = [];
    client = newClient();
  });

  afterEach(() => clients.forEach((one) => one.dispose()));

  /** Another browser each time. */
  function newClient(): AuthClient {
    const options = { baseUrl: server.url, fetch: server.fetch, clock };
    const made = createAuthClient({ ...options, storage: 'memory' });
    clients.push(made);
    return made;
  }

  function lastMail(kind: string, to = ADA.email): FakeMail & { token: string; code: string } {
    const mail = [...server.mails].reverse().find((one) => one.kind === kind && one.to === to);
    if (mail?.token === undefined || mail.code === undefined) throw new Error(`No ${kind}.`);
    return { ...mail, token: mail.token, code: mail.code };
  }

  describe('forgotPassword and resetPassword', () => {
    it('set a new password by the link, in the browser that asked', async () => {
      server.addUser(ADA);
      await forgotPassword(client, ADA.email);
      const { token } = lastMail('reset_password');
      await resetPassword(client, { token, new_password: NEW_PASSWORD });
      await expect(client.login(ADA)).rejects.toMatchObject({ code: 'invalid_credentials' });
      await client.login({ ...ADA, password: NEW_PASSWORD });
      expect(client.getCurrentUser()).toMatchObject({ email_verified: true });
    });

    it('need the code in another browser', async () => {
      server.addUser(ADA);
      await forgotPassword(client, ADA.email);
      const { token, code } = lastMail('reset_password');
      const other = newClient();
      const reset = { token, new_password: NEW_PASSWORD };
      await expect(resetPassword(other, reset)).rejects.toMatchObject({
        kind: 'auth',
        code: 'code_invalid',
      });
      await resetPassword(other, { ...reset, code });
      await expect(resetPassword(other, { ...reset, code })).rejects.toMatchObject({
        code: 'link_invalid',
      });
    });

    it('take the address and the code', async () => {
      server.addUser(ADA);
      await forgotPassword(client, ADA.email);
      const { code } = lastMail('reset_password');
      await resetPassword(newClient(), { email: ADA.email, code, new_password: NEW_PASSWORD });
      await client.login({ ...ADA, password: NEW_PASSWORD });
    });

    it('end the session at hand, if it was of this user', async () => {
      await client.register(ADA);
      await forgotPassword(client, ADA.email);
      await clock.advance(60_000);
      const { token } = lastMail('reset_password');
      await resetPassword(client, { token, new_password: NEW_PASSWORD });
      await clock.settle();
      expect(client.getSnapshot()).toMatchObject({ status: 'unauthenticated', reason: 'revoked' });
    });

    it('leave the session of another user', async () => {
      server.addUser(ADA);
      await client.register({ ...ADA, email: 'bob@example.com' });
      await forgotPassword(client, ADA.email);
      await clock.advance(60_000);
      const { token } = lastMail('reset_password');
      await resetPassword(client, { token, new_password: NEW_PASSWORD });
      await clock.settle();
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('resolve for an address without an account', async () => {
      await forgotPassword(client, 'nobody@example.com');
      expect(server.mails).toEqual([]);
    });

    it('reject with an AuthError where there is no connection', async () => {
      const cut = createAuthClient({
        baseUrl: server.url,
        fetch: () => Promise.reject(new TypeError('fetch failed')),
        clock,
        storage: 'memory',
      });
      clients.push(cut);
      await expect(forgotPassword(cut, ADA.email)).rejects.toMatchObject({ kind: 'network' });
    });
  });

  describe('verifyEmail and sendVerification', () => {
    it('verify the address by the link, and show it', async () => {
      await client.register(ADA);
      const { token } = lastMail('verify_address');
      await verifyEmail(client, { token });
      expect(client.getCurrentUser()).toMatchObject({ email_verified: true });
    });

    it('verify it by the code where the user is signed in, and not elsewhere', async () => {
      await client.register(ADA);
      await sendVerification(client);
      const { code } = lastMail('verify_address');
      await expect(verifyEmail(newClient(), { code })).rejects.toMatchObject({
        code: 'token_missing',
      });
      await verifyEmail(client, { code });
      expect(client.getCurrentUser()).toMatchObject({ email_verified: true });
    });

    it('verify it by the link in the browser that registered, after signing out', async () => {
      await client.register(ADA);
      await client.logout();
      await verifyEmail(client, { token: lastMail('verify_address').token });
      await client.login(ADA);
      expect(client.getCurrentUser()).toMatchObject({ email_verified: true });
    });

    it('verify it by the link in another browser that is signed in', async () => {
      await client.register(ADA);
      const other = newClient();
      const { token } = lastMail('verify_address');
      await expect(verifyEmail(other, { token })).rejects.toMatchObject({ code: 'code_invalid' });
      await other.login(ADA);
      await verifyEmail(other, { token });
      expect(other.getCurrentUser()).toMatchObject({ email_verified: true });
    });

    it('need somebody who is signed in to ask for a mail', async () => {
      await expect(sendVerification(client)).rejects.toMatchObject({ code: 'not_authenticated' });
    });
  });

  describe('changeEmail and undoEmailChange', () => {
    const NEXT = 'ada@example.org';
    const CHANGE = { new_email: NEXT, current_password: ADA.password };

    beforeEach(async () => {
      await client.register(ADA);
      await verifyEmail(client, { token: lastMail('verify_address').token });
    });

    it('change the address when the new one proves itself, and show it', async () => {
      await changeEmail(client, CHANGE);
      expect(client.getCurrentUser()).toMatchObject({ email: ADA.email });
      await verifyEmail(client, { token: lastMail('verify_new_address', NEXT).token });
      expect(client.getCurrentUser()).toMatchObject({ email: NEXT });
    });

    it('restore the old one, and sign out', async () => {
      await changeEmail(client, CHANGE);
      await verifyEmail(client, { token: lastMail('verify_new_address', NEXT).token });
      await clock.advance(60_000);
      const { token, code } = lastMail('address_changed');
      const owner = newClient();
      await undoEmailChange(owner, { token, code });
      await expect(client.refreshToken()).rejects.toMatchObject({ code: 'session_revoked' });
      const reset = lastMail('reset_password');
      await resetPassword(owner, { token: reset.token, new_password: NEW_PASSWORD });
      await owner.login({ ...ADA, password: NEW_PASSWORD });
    });

    it('need the current password', async () => {
      const change = { ...CHANGE, current_password: 'another one' };
      await expect(changeEmail(client, change)).rejects.toMatchObject({
        code: 'current_password_invalid',
      });
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });
  });

  describe('deleteAccount', () => {
    it('deletes the account, and signs out', async () => {
      await client.register(ADA);
      await deleteAccount(client, { current_password: ADA.password });
      expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
      expect(server.sessions).toEqual([]);
      expect(server.mails.at(-1)).toEqual({ kind: 'account_deleted', to: ADA.email });
      await expect(client.login(ADA)).rejects.toMatchObject({ code: 'invalid_credentials' });
      await client.register(ADA);
    });

    it('changes nothing with a wrong password', async () => {
      await client.register(ADA);
      await expect(
        deleteAccount(client, { current_password: 'another one' }),
      ).rejects.toMatchObject({ kind: 'auth', code: 'current_password_invalid' });
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('ends the session on another device, which finds out', async () => {
      await client.register(ADA);
      const other = newClient();
      await other.login(ADA);
      await deleteAccount(client, { current_password: ADA.password });
      await expect(other.refreshToken()).rejects.toMatchObject({ code: 'session_revoked' });
      expect(other.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'revoked' });
    });

    it('leaves nothing to tell the server later', async () => {
      const page = {
        baseUrl: server.url,
        fetch: server.fetch,
        clock,
        transport: 'cookie',
      } as const;
      const browser = createAuthClient({ ...page, storage: 'memory' });
      clients.push(browser);
      await browser.register(ADA);
      await deleteAccount(browser, { current_password: ADA.password });
      expect(browser.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    });

    it('asks nobody where nobody is signed in', async () => {
      await expect(deleteAccount(client, { current_password: ADA.password })).rejects.toMatchObject(
        { code: 'not_authenticated' },
      );
    });
  });

  describe('a user without a password', () => {
    const REFUSED = { kind: 'auth', code: 'reauthentication_required' };

    beforeEach(async () => {
      await client.register(ADA);
      server.setPassword(ADA.email, null);
    });

    it('deletes the account after a recent login', async () => {
      await deleteAccount(client);
      expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
    });

    it('changes the address and sets a first password after a recent login', async () => {
      await changeEmail(client, { new_email: 'ada@example.org' });
      await client.changePassword({ new_password: NEW_PASSWORD });
      await newClient().login({ ...ADA, password: NEW_PASSWORD });
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('has no password that could be right', async () => {
      const proof = { current_password: ADA.password };
      const refused = { code: 'current_password_invalid' };
      await expect(deleteAccount(client, proof)).rejects.toMatchObject(refused);
    });

    it.each([
      [299_000, false],
      [300_000, true],
      [301_000, true],
    ])('after %i milliseconds, needs another login: %p', async (ms, isRefused) => {
      await clock.advance(ms);
      const change = changeEmail(client, { new_email: 'ada@example.org' });
      if (isRefused) await expect(change).rejects.toMatchObject(REFUSED);
      else await change;
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });

    it('stays signed in whatever is refused', async () => {
      await clock.advance(600_000);
      await expect(deleteAccount(client)).rejects.toMatchObject(REFUSED);
      await expect(client.changePassword({ new_password: NEW_PASSWORD })).rejects.toMatchObject(
        REFUSED,
      );
      expect(client.getSnapshot()).toMatchObject({ status: 'authenticated' });
      await client.refreshToken();
    });
  });

  describe('onReauthenticate', () => {
    /** A client of a user without a password, whose application asks for a proof like this. */
    async function signedInAskedBy(prove: (client: AuthClient) => Promise<void>) {
      const made: AuthClient = createAuthClient({
        baseUrl: server.url,
        fetch: server.fetch,
        clock,
        storage: 'memory',
        onReauthenticate: () => prove(made),
      });
      clients.push(made);
      await made.register(ADA);
      server.setPassword(ADA.email, null);
      await clock.advance(600_000);
      return made;
    }

    it('is called for an account, and then the request goes on', async () => {
      let calls = 0;
      const own = await signedInAskedBy(async (made) => {
        calls += 1;
        // As by the mail of a forgotten password, in a browser that is signed in.
        server.setPassword(ADA.email, NEW_PASSWORD);
        await made.reauthenticate({ current_password: NEW_PASSWORD });
        server.setPassword(ADA.email, null);
      });
      await deleteAccount(own);
      expect([calls, own.getSnapshot()]).toEqual([
        1,
        { status: 'unauthenticated', reason: 'signed_out' },
      ]);
    });

    it('leaves the refusal, and the session, where it rejects', async () => {
      const own = await signedInAskedBy(() => Promise.reject(new Error('cancelled')));
      await expect(changeEmail(own, { new_email: 'ada@example.org' })).rejects.toMatchObject({
        code: 'reauthentication_required',
        status: 401,
      });
      expect(own.getSnapshot()).toMatchObject({ status: 'authenticated' });
    });
  });

  it('sends a request again whose token has expired meanwhile', async () => {
    await client.register(ADA);
    await clock.advance(60_000);
    server.expireAccessTokens();
    await sendVerification(client);
    await deleteAccount(client, { current_password: ADA.password });
    expect(client.getSnapshot()).toEqual({ status: 'unauthenticated', reason: 'signed_out' });
  });

  describe('exportData', () => {
    it('brings everything about the user', async () => {
      const user = await client.register(ADA);
      const data = await exportData(client);
      expect(data).toMatchObject({ user: { id: user.id, email: ADA.email }, events: [] });
      expect(data.sessions).toHaveLength(1);
    });

    it('rejects with an AuthError where nobody is signed in', async () => {
      await expect(exportData(client)).rejects.toMatchObject({ code: 'not_authenticated' });
    });
  });
});
