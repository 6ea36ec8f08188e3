import { Body, Controller, HttpCode, Module, Post, Req, Res } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CurrentSession, Public, SignIn, type SignInProof, User } from '../../src/index.js';
import { Api, claimsOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';

/** A team's own way to sign in. The proof is checked elsewhere. */
@Controller('api/passkeys')
class PasskeysController {
  constructor(private readonly signIn: SignIn) {}

  @Public()
  @Post()
  @HttpCode(200)
  begin(
    @Body() proof: SignInProof,
    @Req() request: object,
    @Res({ passthrough: true }) reply: object,
  ) {
    return this.signIn.begin({ ...proof, amr: ['hwk', 'user'] }, request, reply);
  }

  @Post('session')
  @HttpCode(200)
  session(@CurrentSession() { amr }: { amr: readonly string[] }) {
    return { amr };
  }
}

@Module({ controllers: [PasskeysController] })
class PasskeysModule {}

let app: TestApp;
let api: Api;
let owner: TokenResponse & { email: string };

beforeAll(async () => {
  app = await startApp({ env: UNDELIVERED, modules: [PasskeysModule] });
  api = new Api(app.url);
  owner = await api.register();
});
afterAll(() => app?.close());

const OWN_PAGE = { 'x-requested-with': 'fetch' };

function begin(proof: object = {}, headers: Record<string, string> = {}) {
  const body = { userId: owner.user.id, ...proof };
  return api.call<TokenResponse>('POST', '/passkeys', { body, headers });
}

/** As after an import, or a sign-in by a login provider. */
async function withoutPassword() {
  const { email, ...tokens } = await api.register();
  const users = app.nest.get(DataSource).getRepository(User);
  await users.update({ email }, { passwordHash: null, emailVerified: true });
  return { email, ...tokens };
}

describe('SignIn.begin', () => {
  it('begins a session whose tokens say how the user has proved who they are', async () => {
    const { status, body } = await begin();
    expect(status).toBe(200);
    expect(body.user.id).toBe(owner.user.id);
    expect(claimsOf(body.access_token)).toMatchObject({ amr: ['hwk', 'user'] });
  });

  it('has refreshes and renewals say it, too, and tells handlers', async () => {
    const { body } = await begin();
    const refreshed = await api.refresh(refreshTokenOf(body));
    expect(claimsOf(refreshed.body.access_token)).toMatchObject({ amr: ['hwk', 'user'] });
    const renewed = await api.refresh(refreshed.body.access_token);
    expect(claimsOf(renewed.body.access_token)).toMatchObject({ amr: ['hwk', 'user'] });
    const told = await api.call('POST', '/passkeys/session', { token: renewed.body.access_token });
    expect(told.body).toEqual({ amr: ['hwk', 'user'] });
  });

  it('tells a session that began by a password from it', async () => {
    expect(claimsOf(owner.access_token)).toMatchObject({ amr: ['pwd'] });
    const { body } = await api.login(owner.email);
    expect(claimsOf(body.access_token)).toMatchObject({ amr: ['pwd'] });
  });

  it('records the sign-in, and how', async () => {
    const { body } = await begin();
    const events = await api.call<{ events: object[] }>('GET', '/auth/events', {
      token: body.access_token,
    });
    expect(events.body.events).toContainEqual(
      expect.objectContaining({
        type: 'login_succeeded',
        session_id: body.session_id,
        details: { amr: ['hwk', 'user'] },
      }),
    );
  });

  it('keeps the refresh token in the cookie, for a page that may call the API', async () => {
    const origin = app.url;
    const { body, headers } = await begin({ transport: 'cookie' }, { ...OWN_PAGE, origin });
    expect(body).not.toHaveProperty('refresh_token');
    expect(headers.get('set-cookie')).toMatch(/^evergreen_refresh_token=.*; HttpOnly;/);
    const foreign = { ...OWN_PAGE, origin: 'https://evil.example' };
    expect((await begin({ transport: 'cookie' }, foreign)).body.code).toBe('csrf_failed');
    expect((await begin({ transport: 'cookie' }, { origin })).body.code).toBe('csrf_failed');
  });

  it('remembers for as long as the login does', async () => {
    const { body } = await begin({ rememberMe: false });
    expect(body.refresh_expires_in).toBe(24 * 3600);
  });

  it('begins nothing for somebody who is unknown', async () => {
    const nobody = await begin({ userId: '01981f3e-8a55-7c7e-a2a1-6d4f0c3b9e10' });
    expect(nobody.body.code).toBe('invalid_credentials');
  });
});

describe('a user without a password', () => {
  it('is answered at the login as after a wrong password', async () => {
    const { email } = await withoutPassword();
    for (const password of [PASSWORD, '', '*', 'null']) {
      const response = await api.login(email, { password });
      expect(response.body.code).toBe('invalid_credentials');
    }
  });

  it('has no current password to change', async () => {
    const { access_token } = await withoutPassword();
    const response = await api.changePassword(access_token, '', 'copper-Meadow-58-anchor');
    expect(response.body.code).toBe('current_password_invalid');
  });

  it('sets one by a mailed link', async () => {
    const { email } = await withoutPassword();
    await api.call('POST', '/auth/forgot-password', { body: { email } });
    const { token } = await lastMail(app, email, 'reset_password');
    const body = { token, new_password: PASSWORD };
    expect((await api.call('POST', '/auth/reset-password', { body })).status).toBe(204);
    expect((await api.login(email)).status).toBe(200);
  });
});
