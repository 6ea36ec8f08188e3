import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { NIL } from 'uuid';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { newKey } from '../../src/auth/tokens/keys/new-key.js';
import { writeStoredKeys } from '../../src/auth/tokens/keys/stored-keys.js';
import { Identities, LoginProvider } from '../../src/index.js';
import { Readiness } from '../../src/platform/readiness/index.js';
import { call, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { metricsOf } from '../support/metrics.js';
import { newEcKey, type ClientKey } from '../support/possession.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';
import { DocumentedCalls } from '../support/documented-calls.js';

const ADMIN_TOKEN = '3f9a1c5e7b2d4806a9c8e1f35d7b0246';
const SERVICE_TOKEN = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';
const NEW_PASSWORD = 'copper-Meadow-58-anchor';

/** Attempts a minute; enough for each account but the one that is to be limited. */
const THROTTLE_LOGIN_LIMIT = 4;

@LoginProvider('acme')
class Acme {
  strategy() {
    return {
      authenticate(this: { redirect(url: string): void }) {
        this.redirect('https://login.example.com/authorize');
      },
    };
  }

  identify() {
    return { issuer: 'https://login.example.com', subject: '7' };
  }
}

@Module({ providers: [Acme] })
class ProvidersModule {}

describe('each response is as the OpenAPI document says:', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
  let app: TestApp;
  let api: DocumentedCalls;
  let page: Record<string, string>;
  let env: Record<string, string>;

  beforeAll(async () => {
    const file = join(folder, 'keys.json');
    writeStoredKeys(file, [newKey(new Date())]);
    env = {
      ...UNDELIVERED,
      ADMIN_TOKEN,
      SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
      JWT_KEYS_FILE: file,
      THROTTLE_LOGIN_LIMIT: String(THROTTLE_LOGIN_LIMIT),
    };
    app = await startApp({ modules: [ProvidersModule], env });
    const { body } = await call<OpenAPIObject>('GET', `${app.url}/openapi.json`);
    api = new DocumentedCalls(app.url, body, app.clock);
    page = { origin: app.url, 'x-requested-with': 'jest' };
  });
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });

  async function register(transport: 'body' | 'cookie' = 'body', key?: ClientKey) {
    const email = newEmail();
    const { headers, body } = await api.send<TokenResponse>('register', {
      body: { email, password: PASSWORD, transport },
      headers: page,
      key,
    });
    return { ...body, email, cookie: cookieIn(headers) };
  }

  it('tokens in the body', async () => {
    const { email, refresh_token: token } = await register();
    const { body } = await api.send<TokenResponse>('refresh', { token });
    await api.send('refresh', { token: body.access_token });
    await api.send('reauthenticate', {
      token: body.access_token,
      body: { current_password: PASSWORD },
    });
    const proven = await api.send<TokenResponse>('reauthenticate', {
      token: body.access_token,
      body: { current_password: PASSWORD },
    });
    await api.send('changePassword', {
      token: proven.body.access_token,
      body: { current_password: PASSWORD, new_password: NEW_PASSWORD },
    });
    await api.send('login', { body: { email, password: NEW_PASSWORD, remember_me: true } });
    await api.send('logout', { token: body.access_token });
  });

  it('tokens in the cookie', async () => {
    const { email, cookie } = await register('cookie');
    const send = (operationId: string, headers: object, options: object = {}) =>
      api.send<TokenResponse>(operationId, { headers: { ...page, ...headers }, ...options });
    const refreshed = await send('refresh', { cookie });
    const body = { current_password: PASSWORD };
    const proven = await send('reauthenticate', {}, { token: refreshed.body.access_token, body });
    const changed = await send(
      'changePassword',
      {},
      {
        token: proven.body.access_token,
        body: { current_password: PASSWORD, new_password: NEW_PASSWORD },
      },
    );
    await send('logout', { cookie: cookieIn(changed.headers) });
    await send('refresh', { cookie: cookieIn(changed.headers) });

    const credentials = { email, password: NEW_PASSWORD, transport: 'cookie' };
    const second = await send('login', {}, { body: credentials });
    const { access_token: token, session_id: id } = second.body;
    await send('endSession', {}, { token, parameters: { id } });
    await send('getMe', {}, { token });
    await send('getAuthMe', {}, { token });
    const third = await send('login', {}, { body: credentials });
    await send('logoutAll', {}, { token: third.body.access_token });
  });

  it('tokens that are bound to a key', async () => {
    const key = newEcKey();
    const { email, access_token, refresh_token: token } = await register('body', key);
    const { body } = await api.send<TokenResponse>('refresh', { token, key });
    await api.send('refresh', { token, key: newEcKey() });
    await api.send('refresh', { token });
    await api.send('getMe', { token: access_token });
    const proof = { token: body.access_token, body: { current_password: PASSWORD }, key };
    const proven = await api.send<TokenResponse>('reauthenticate', proof);
    const change = { current_password: PASSWORD, new_password: NEW_PASSWORD };
    const options = { token: proven.body.access_token, body: change };
    await api.send('changePassword', options);
    await api.send('changePassword', { ...options, key });
    const credentials = { email, password: NEW_PASSWORD };
    const second = await api.send<TokenResponse>('login', { body: credentials, key });
    await api.send('login', { body: credentials, headers: { dpop: 'x' } });
    await api.send('logout', { token: second.body.access_token });
    await api.send('logout', { token: second.body.access_token, key });
    const seen = ['register 201', 'login 200', 'login 401', 'refresh 200', 'refresh 401'];
    expect([...api.seen]).toEqual(
      expect.arrayContaining(seen.map((response) => `${response} dpop-nonce`)),
    );
  });

  it('a proof that is missing where sessions must be bound, or every route wants one', async () => {
    const strict = await startApp({
      beside: app,
      env: { ...env, SENDER_CONSTRAINT: 'required', PROOF_ON: 'all' },
    });
    try {
      const { body: document } = await call<OpenAPIObject>('GET', `${strict.url}/openapi.json`);
      const calls = new DocumentedCalls(strict.url, document, app.clock);
      const body = { email: newEmail(), password: PASSWORD };
      for (const operation of ['register', 'login']) await calls.send(operation, { body });
      const key = newEcKey();
      const { body: tokens } = await calls.send<TokenResponse>('register', { body, key });
      await calls.send('listSessions', { token: tokens.access_token });
      await calls.send('listSessions', { token: tokens.access_token, key });
      for (const response of ['register 400', 'login 400', 'listSessions 401'])
        for (const header of ['dpop-nonce', 'www-authenticate'])
          expect(calls.seen).toContain(`${response} ${header}`);
      expect(calls.seen).toContain('listSessions 200 dpop-nonce');
    } finally {
      await strict.close();
    }
  });

  it('accounts by mail', async () => {
    const { email, access_token: token } = await register();
    const headers = { 'x-device-id': 'one' };
    await api.send('sendVerification', { token, headers });
    const verification = await lastMail(app, email, 'verify_address');
    await api.send('verifyEmail', { token, body: { token: verification.token } });
    await api.send('verifyEmail', { body: { code: verification.code } });
    const change = { new_email: newEmail(), current_password: PASSWORD };
    await api.send('changeEmail', { token, body: change });
    await api.send('changeEmail', { token, body: { ...change, current_password: 'wrong' } });
    const undo = await lastMail(app, email, 'address_change_requested');
    await api.send('undoEmailChange', { body: { token: undo.token } });
    await api.send('undoEmailChange', { body: { token: undo.token, code: undo.code } });
    await api.send('undoEmailChange', { body: { token: undo.token } });
    await api.send('forgotPassword', { body: { email }, headers });
    const reset = await lastMail(app, email, 'reset_password');
    const body = { token: reset.token, new_password: NEW_PASSWORD };
    await api.send('resetPassword', { body });
    await api.send('resetPassword', { body, headers });
    await api.send('resetPassword', { body: { email, code: '', new_password: NEW_PASSWORD } });
  });

  async function addIdentity(userId: string) {
    const issuer = 'https://login.example.com';
    await app.nest.get(Identities).link(userId, { issuer, subject: userId });
  }

  it('identities', async () => {
    const { access_token: token, user } = await register();
    await addIdentity(user.id);
    const { body } = await api.send<{ identities: { id: string }[] }>('listIdentities', { token });
    const parameters = { id: body.identities[0]?.id ?? '' };
    await api.send('unlinkIdentity', { token, parameters });
    await api.send('unlinkIdentity', { token, parameters });
    const link = { provider: 'acme', current_password: PASSWORD };
    await api.send('linkIdentity', { token, body: link });
    await api.send('linkIdentity', { token, body: { ...link, provider: 'nobody' } });
    await api.send('linkIdentity', { token, body: { ...link, current_password: 'wrong' } });
    const name = 'nobody';
    await api.send('signInWith', { parameters: { name } });
    await api.send('signInWith', { parameters: { name, return_to: '//evil.example' } });
    await api.send('completeSignInWith', { parameters: { name } });
  });

  it('export and deletion of an account', async () => {
    const { user, access_token: token } = await register();
    await addIdentity(user.id);
    await api.send('exportMe', { token });
    await api.send('deleteAccount', { token, body: {} });
    await api.send('deleteAccount', { token, body: { current_password: 'wrong' } });
    app.clock.advance({ hours: 7 });
    await api.send('deleteAccount', { token, body: { current_password: PASSWORD } });
    for (const operation of ['exportMe', 'deleteAccount']) await api.send(operation, { token });
    const other = await register();
    const options = { token: ADMIN_TOKEN, parameters: { id: other.user.id } };
    await api.send('deleteUser', options);
    await api.send('deleteUser', options);
  });

  it('a login that is too old for a user without a password', async () => {
    const { user, access_token: token } = await register();
    await app.database.query('UPDATE users SET password_hash = NULL WHERE id = $1', [user.id]);
    app.clock.advance({ minutes: 10 });
    await api.send('deleteAccount', { token, body: {} });
    await api.send('changePassword', { token, body: { new_password: NEW_PASSWORD } });
    await api.send('changeEmail', { token, body: { new_email: newEmail() } });
    await api.send('linkIdentity', { token, body: { provider: 'acme' } });
    await api.send('unlinkIdentity', { token, parameters: { id: NIL } });
  });

  it('renewed tokens', async () => {
    const key = newEcKey();
    const { access_token: token, user } = await register('body', key);
    await addIdentity(user.id);
    app.clock.advance({ hours: 7 });
    await api.send('sendVerification', { token, key });
    const change = { new_email: newEmail(), current_password: PASSWORD };
    await api.send('changeEmail', { token, key, body: change });
    const { body } = await api.send<{ identities: { id: string }[] }>('listIdentities', {
      token,
      key,
    });
    const link = { provider: 'acme', current_password: PASSWORD };
    await api.send('linkIdentity', { token, key, body: link });
    const parameters = { id: body.identities[0]?.id ?? '' };
    await api.send('unlinkIdentity', { token, parameters });
    await api.send('getMe', { token, key });
    await api.send('getAuthMe', { token, key });
    await api.send('updateMe', { token, key, body: { first_name: 'Ada', last_name: null } });
    await api.send('verify', { token, key });
    await api.send('listSessions', { token, key, parameters: { limit: '1' } });
    await api.send('listEvents', { token, key, parameters: { limit: '1' } });
    app.clock.advance({ hours: 2 });
    await api.send('getMe', { token, key });
  });

  it('problems', async () => {
    const { email, access_token: token, refresh_token } = await register();
    for (const operation of ['getMe', 'verify', 'listSessions', 'listEvents', 'refresh', 'logout'])
      await api.send(operation);
    await api.send('getMe', { token: 'nonsense' });
    await api.send('register', { body: { email, password: PASSWORD } });
    await api.send('register', { body: { email, password: 'short' } });
    await api.send('register', { body: { nothing: 1 } });
    await api.send('register', { body: '{' });
    await api.send('refresh', { headers: { cookie: 'evergreen_refresh_token=a' } });
    await api.send('updateMe', { token, body: { first_name: 'x'.repeat(200) } });
    await api.send('endSession', { token, parameters: { id: NIL } });
    await api.send('listEvents', { token, parameters: { limit: '0' } });
    await api.send('reauthenticate', { token, body: { current_password: 'wrong' } });
    await api.send('changePassword', {
      token,
      body: { current_password: 'wrong', new_password: NEW_PASSWORD },
    });
    await api.send('testTokenExpiration');
    app.clock.advance({ days: 400 });
    await api.send('refresh', { token: refresh_token });
    const statuses = [
      'getMe 401 www-authenticate',
      'register 400',
      'register 409',
      'register 422',
      'refresh 401',
      'refresh 403',
      'endSession 404',
      'changePassword 422',
      'reauthenticate 422',
      'resetPassword 422',
      'verifyEmail 401',
      'undoEmailChange 422',
      'testTokenExpiration 401',
    ];
    expect([...api.seen]).toEqual(expect.arrayContaining(statuses));
  });

  it('limits', async () => {
    const body = { email: newEmail(), password: PASSWORD };
    for (let attempt = 1; attempt <= THROTTLE_LOGIN_LIMIT + 1; attempt += 1)
      await api.send('login', { body });
    expect(api.seen).toContain('login 429 retry-after');
  });

  it('operators', async () => {
    const { email, user, session_id: session } = await register();
    const options = { token: ADMIN_TOKEN, parameters: { id: user.id, session } };
    await api.send('findUsers', { token: ADMIN_TOKEN, parameters: { user: email } });
    await api.send('listUserSessions', options);
    await api.send('listUserEvents', { token: ADMIN_TOKEN, parameters: { id: user.id } });
    await api.send('resetUserPassword', options);
    await api.send('endUserSession', options);
    await api.send('endUserSessions', options);
    await api.send('getRevocationStatus', { token: ADMIN_TOKEN });
    await api.send('deactivateUser', options);
    await api.send('findUsers', { token: ADMIN_TOKEN, parameters: { user: email } });
    await api.send('resetUserPassword', options);
    await api.send('reactivateUser', options);
    await api.send('updateUser', { ...options, body: { roles: ['admin'], metadata: { plan: 1 } } });
    await api.send('updateUser', { ...options, body: { roles: [''] } });
    const before = '2020-01-01T00:00:00Z';
    await api.send('endSessionsBegunBefore', { token: ADMIN_TOKEN, parameters: { before } });
    await api.send('endSessionsBegunBefore', { token: ADMIN_TOKEN, parameters: { before: 'x' } });
    await api.send('listUserSessions', { token: ADMIN_TOKEN, parameters: { id: NIL } });
    await api.send('findUsers');
  });

  it('other services', async () => {
    const { access_token } = await register();
    for (const token of [access_token, 'x'])
      await api.send('introspect', { token: SERVICE_TOKEN, body: { token } });
    await api.send('introspect', { token: SERVICE_TOKEN, body: {} });
    await api.send('introspect', { body: { token: access_token } });
    await api.send('listenToRevocations');
    await api.send('listenToRevocations', { token: 'x' });
  });

  it('health, keys and the end of streams', async () => {
    await api.send('getPublicKeys');
    await api.send('getLiveness');
    await api.send('getReadiness');
    const stream = api.send('listenToRevocations', { token: SERVICE_TOKEN });
    await eventually(
      async () =>
        (await metricsOf(app.url)).value('evergreen_feed_listeners{service="orders"}') === 1,
    );
    app.nest.get(Readiness).drain();
    expect((await stream).status).toBe(200);
    await api.send('listenToRevocations', { token: SERVICE_TOKEN });
    expect(api.seen).toContain('listenToRevocations 503 retry-after');
    await api.send('getReadiness');
    expect(api.seen).toContain('getReadiness 503 retry-after');
  });

  it('and no successful response is documented, nor a header of one, that was not seen here', () => {
    expect(api.documentedSuccesses.filter((name) => !api.seen.has(name))).toEqual([]);
  });
});

/** As a browser sends the cookie that a response sets. */
function cookieIn(headers: Headers): string {
  return (headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
}
