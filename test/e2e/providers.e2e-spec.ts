import { Module } from '@nestjs/common';
import OAuth2Strategy from 'passport-oauth2';
import { Strategy as OpenIdStrategy, type Profile } from 'passport-openidconnect';
import { DataSource } from 'typeorm';
import { LoginProvider, User } from '../../src/index.js';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { Api, claimsOf, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { Browser } from '../support/browser.js';
import { lastMail, UNDELIVERED } from '../support/mails.js';
import {
  CLIENT,
  startOidcProvider,
  type Account,
  type OidcProvider,
} from '../support/oidc-provider.js';

type UserInfo = Record<string, string> & { email_verified?: boolean };

function withProfile(
  _access: string,
  _refresh: string,
  profile: object,
  done: (error: null, profile: object) => void,
): void {
  done(null, profile);
}

/** Two providers of a team, by other packages. `partner` is trusted to verify addresses. */
function teamProviders(issuer: string) {
  const client = {
    clientID: CLIENT.client_id,
    clientSecret: CLIENT.client_secret,
    authorizationURL: `${issuer}/auth`,
    tokenURL: `${issuer}/token`,
  };

  @LoginProvider('partner', { issuer, linkByAddress: [issuer] })
  class Partner {
    strategy() {
      const options = { ...client, issuer, userInfoURL: `${issuer}/me`, scope: 'email profile' };
      // The package counts the parameters, to know which are wanted.
      return new OpenIdStrategy(
        { ...options, nonce: true },
        (_issuer, user, _id, _context, _idToken, _access, _refresh, _params, done) =>
          done(null, user),
      );
    }

    identify({ id: subject, _json }: Profile) {
      const { email, email_verified } = _json as UserInfo;
      return { issuer, subject, email, emailVerified: email_verified };
    }
  }

  @LoginProvider('acme', { issuer })
  class Acme {
    strategy() {
      const options = { ...client, scope: 'openid email profile', pkce: true, state: true };
      return new AcmeStrategy(options, withProfile);
    }

    identify({ sub, email, email_verified }: { sub: string } & UserInfo) {
      return { issuer, subject: sub, email, emailVerified: email_verified };
    }
  }

  class AcmeStrategy extends OAuth2Strategy {
    override userProfile(token: string, done: (error?: unknown, profile?: object) => void) {
      fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } })
        .then((response) => response.json() as Promise<object>)
        .then((profile) => done(null, profile), done);
    }
  }

  @Module({ providers: [Partner, Acme] })
  class ProvidersModule {}

  return ProvidersModule;
}

const NAMES = ['oidc', 'partner', 'acme'] as const;
type Name = (typeof NAMES)[number];

let provider: OidcProvider;
let app: TestApp;
let api: Api;
let count = 0;

beforeAll(async () => {
  provider = await startOidcProvider();
  const env = {
    ...UNDELIVERED,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: CLIENT.client_id,
    OIDC_CLIENT_SECRET: CLIENT.client_secret,
  };
  app = await startApp({ env, modules: [teamProviders(provider.issuer)] });
  api = new Api(app.url);
  await provider.register(NAMES.map((name) => `${app.url}/api/auth/with/${name}/callback`));
});
afterAll(async () => {
  await app?.close();
  await provider?.stop();
});

function somebody(claims: Partial<Account> = {}): Account {
  return { sub: `subject-${++count}`, email: newEmail(), email_verified: true, ...claims };
}

const isCallback = (url: string) => /\/with\/[a-z]+\/callback\?/.test(url);

/** Goes to the provider, signs in there, and stops before the way back. */
async function callbackOf(
  browser: Browser,
  name: Name,
  account: Account = somebody(),
  query = '',
): Promise<string> {
  await provider.set({ account });
  return browser.follow(`${app.url}/api/auth/with/${name}${query}`, isCallback);
}

/** The page at which a sign-in ends. */
async function signIn(browser: Browser, name: Name, account?: Account, query = '') {
  const callback = await callbackOf(browser, name, account, query);
  const response = await browser.request(callback);
  expect(response.status).toBe(302);
  return response.headers.get('location');
}

/** What a page does when it is loaded. */
async function refresh(browser: Browser): Promise<{ body: TokenResponse }> {
  const headers = { origin: app.url, 'x-requested-with': 'fetch' };
  const url = `${app.url}/api/auth/refresh`;
  const response = await browser.request(url, { method: 'POST', headers });
  return { body: (await response.json()) as TokenResponse };
}

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { code: string }).code;
}

describe.each(NAMES)('GET /api/auth/with/%s', (name) => {
  it('makes an account, and signs in by it from then on', async () => {
    const account = somebody();
    const browser = new Browser();
    expect(await signIn(browser, name, account)).toBe(`${app.url}/`);
    const { body } = await refresh(browser);
    expect(body.user).toMatchObject({ email: account.email });
    expect(claimsOf(body.access_token)).toMatchObject({ amr: ['fed'], sub: body.user.id });

    const later = new Browser();
    await signIn(later, name, { ...account, email: newEmail() });
    expect((await refresh(later)).body.user.id).toBe(body.user.id);
  });

  it('returns to the page that was asked for, without any token in its URL', async () => {
    const page = await signIn(new Browser(), name, undefined, '?return_to=/notes%3Fid=7%23x');
    expect(page).toBe(`${app.url}/notes?id=7`);
  });

  it('sets a cookie for ten minutes that no script and no other route sees', async () => {
    const response = await fetch(`${app.url}/api/auth/with/${name}`, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        `^evergreen_sign_in=[\\w-]+; Max-Age=600; Path=/api/auth/with/${name}; HttpOnly; SameSite=Lax$`,
      ),
    ]);
  });

  it('tells the page that the user has refused', async () => {
    const browser = new Browser();
    await provider.set({ isDenied: true });
    const callback = await browser.follow(`${app.url}/api/auth/with/${name}`, isCallback);
    const response = await browser.request(callback);
    expect(response.headers.get('location')).toBe(`${app.url}/#error=provider_denied`);
    expect(browser.cookie('evergreen_refresh_token')).toBeUndefined();
  });

  it('refuses a response that this browser has not asked for', async () => {
    const callback = await callbackOf(new Browser(), name);
    expect(await codeOf(await new Browser().request(callback))).toBe('sign_in_state_invalid');
    const other = new Browser();
    await callbackOf(other, name);
    expect(await codeOf(await other.request(callback))).toBe('sign_in_state_invalid');
    expect(other.cookie('evergreen_refresh_token')).toBeUndefined();
  });

  it('refuses a response that is used again, even with the cookie', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser, name);
    const thief = browser.copy();
    expect((await browser.request(callback)).status).toBe(302);
    expect(await codeOf(await browser.request(callback))).toBe('sign_in_state_invalid');
    const again = await thief.request(callback);
    expect(again.headers.get('location')).toBe(`${app.url}/#error=provider_failed`);
    expect(thief.cookie('evergreen_refresh_token')).toBeUndefined();
  });

  it('refuses a response without state, with two, or with a changed cookie', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser, name);
    const without = callback.replace(/([?&])state=[^&]*&?/, '$1');
    expect(await codeOf(await browser.request(without))).toBe('sign_in_state_invalid');
    expect(await codeOf(await browser.request(`${callback}&state=2`))).toBe(
      'sign_in_state_invalid',
    );
    const value = browser.cookie('evergreen_sign_in')?.value ?? '';
    const changed = `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`;
    const cookie = `evergreen_sign_in=${changed}`;
    const forged = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    expect(await codeOf(forged)).toBe('sign_in_state_invalid');
    expect((await browser.request(callback)).status).toBe(302);
  });

  it.each([
    [599, 302],
    [600, 400],
    [601, 400],
  ])('after %i seconds the way back is %i', async (seconds, status) => {
    const browser = new Browser();
    const callback = await callbackOf(browser, name);
    app.clock.advance({ seconds });
    expect((await browser.request(callback)).status).toBe(status);
  });

  it('refuses the response of another provider, or one that names another issuer', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser, name);
    const other = name === 'acme' ? 'partner' : 'acme';
    const mixedUp = callback.replace(`/with/${name}/`, `/with/${other}/`);
    const { value } = browser.cookie('evergreen_sign_in') ?? { value: '' };
    const cookie = `evergreen_sign_in=${value}`;
    const response = await fetch(mixedUp, { headers: { cookie }, redirect: 'manual' });
    expect(await codeOf(response)).toBe('sign_in_state_invalid');
    const foreign = callback.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example');
    expect(foreign).toContain('evil.example');
    expect(await codeOf(await browser.request(foreign))).toBe('sign_in_state_invalid');
  });

  it('is 503 while the provider is away; the way back can be repeated', async () => {
    const browser = new Browser();
    const callback = await callbackOf(browser, name);
    await provider.set({ isAway: true });
    const away = await browser.request(callback);
    expect([away.status, await codeOf(away)]).toEqual([503, 'service_unavailable']);
    await provider.set({});
    expect((await browser.request(callback)).headers.get('location')).toBe(`${app.url}/`);
    expect((await refresh(browser)).body.user.email).toContain('@');
  });

  it('makes no account for an identity without an address', async () => {
    const page = await signIn(new Browser(), name, { sub: `subject-${++count}` });
    expect(page).toBe(`${app.url}/#error=identity_without_address`);
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/%09/evil.example',
    'https://evil.example',
    'https://127.0.0.1@evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
  ])('returns to no page such as %s', async (page) => {
    const encoded = page.includes('%') ? page : encodeURIComponent(page);
    const url = `${app.url}/api/auth/with/${name}?return_to=${encoded}`;
    const response = await fetch(url, { redirect: 'manual' });
    expect([response.status, await codeOf(response)]).toEqual([422, 'validation_failed']);
    expect(response.headers.getSetCookie()).toEqual([]);
  });
});

const BOTH = [true, false];
const LINKING = BOTH.flatMap((there) =>
  BOTH.flatMap((ours) =>
    BOTH.flatMap((listed) => BOTH.map((linked) => ({ there, ours, listed, linked }))),
  ),
);

describe('an identity whose address somebody has registered', () => {
  it.each(LINKING)(
    'verified there: $there, ours: $ours, issuer listed: $listed, linked to another user: $linked',
    async ({ there, ours, listed, linked }) => {
      const name = listed ? 'partner' : 'acme';
      const account = somebody();
      const other = new Browser();
      if (linked) await signIn(other, name, account);
      const linkedTo = linked ? (await refresh(other)).body.user.id : undefined;

      const owner = await api.register();
      const users = app.nest.get(DataSource).getRepository(User);
      await users.update({ id: owner.user.id }, { emailVerified: ours });
      const browser = new Browser();
      const claims = { ...account, email: owner.email, email_verified: there };
      const page = await signIn(browser, name, claims);

      const expected = linkedTo ?? (there && ours && listed ? owner.user.id : undefined);
      if (expected === undefined) {
        expect(page).toBe(`${app.url}/#error=identity_not_linked`);
        expect(browser.cookie('evergreen_refresh_token')).toBeUndefined();
      } else {
        expect(page).toBe(`${app.url}/`);
        expect((await refresh(browser)).body.user.id).toBe(expected);
      }
    },
  );
});

describe('a new account', () => {
  it.each([
    ['partner', true, true],
    ['partner', false, false],
    ['acme', true, false],
  ] as const)('of %s, verified there: %s, counts as verified: %s', async (name, there, ours) => {
    const browser = new Browser();
    await signIn(browser, name, somebody({ email_verified: there }));
    expect((await refresh(browser)).body.user.email_verified).toBe(ours);
  });

  it('is without an identity that its address has not proved, once its owner proves it', async () => {
    const attacker = somebody();
    await signIn(new Browser(), 'acme', attacker);
    const { email = '' } = attacker;
    await api.call('POST', '/auth/forgot-password', { body: { email } });
    const { token } = await lastMail(app, email, 'reset_password');
    await api.call('POST', '/auth/reset-password', { body: { token, new_password: PASSWORD } });
    expect(await signIn(new Browser(), 'acme', attacker)).toBe(
      `${app.url}/#error=identity_not_linked`,
    );
    expect((await api.login(email)).status).toBe(200);
  });
});

interface Listed {
  readonly identities: { readonly id: string; readonly issuer: string; readonly subject: string }[];
}

async function beginLink(browser: Browser, token: string, body: object) {
  const response = await browser.request(`${app.url}/api/auth/identities`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ provider: 'acme', current_password: PASSWORD, ...body }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, string> };
}

async function completeLink(browser: Browser, location: string, account: Account) {
  await provider.set({ account });
  const callback = await browser.follow(location, isCallback);
  return (await browser.request(callback)).headers.get('location');
}

const list = (token: string) => api.call<Listed>('GET', '/auth/identities', { token });

describe('/api/auth/identities', () => {
  it('links an identity with the password, lists it, and unlinks it', async () => {
    const { access_token: token, user, email } = await api.register();
    const browser = new Browser();
    const account = somebody({ email });
    const { body } = await beginLink(browser, token, { return_to: '/settings' });
    expect(await completeLink(browser, body.location!, account)).toBe(`${app.url}/settings`);
    expect(browser.cookie('evergreen_refresh_token')).toBeUndefined();
    const { identities } = (await list(token)).body;
    expect(identities).toMatchObject([{ issuer: provider.issuer, subject: account.sub }]);
    await signIn(browser, 'acme', account);
    expect((await refresh(browser)).body.user.id).toBe(user.id);

    const path = `/auth/identities/${identities[0]!.id}`;
    const stranger = await api.register();
    const foreign = await api.call('DELETE', path, { token: stranger.access_token });
    expect(foreign.body.code).toBe('not_found');
    expect((await api.call('DELETE', path, { token })).status).toBe(204);
    expect((await list(token)).body.identities).toEqual([]);
    expect((await api.call('DELETE', path, { token })).body.code).toBe('not_found');
    expect(await signIn(new Browser(), 'acme', account)).toContain('#error=identity_not_linked');
    const events = await api.call<{ events: { type: string }[] }>('GET', '/auth/events', { token });
    const types = events.body.events.map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['identity_linked', 'identity_unlinked']));
  });

  it('needs the password, a known provider, and a page that is allowed', async () => {
    const { access_token: token } = await api.register();
    const begin = async (body: object) => (await beginLink(new Browser(), token, body)).body.code;
    expect(await begin({ current_password: 'wrong' })).toBe('current_password_invalid');
    expect(await begin({ provider: 'nobody' })).toBe('not_found');
    expect(await begin({ return_to: '//evil.example' })).toBe('validation_failed');
  });

  it('links no identity of another user', async () => {
    const account = somebody();
    await signIn(new Browser(), 'acme', account);
    const { access_token: token } = await api.register();
    const browser = new Browser();
    const { body } = await beginLink(browser, token, {});
    expect(await completeLink(browser, body.location!, account)).toBe(
      `${app.url}/#error=identity_taken`,
    );
    expect((await list(token)).body.identities).toEqual([]);
  });

  it('links nothing to a session that has ended meanwhile', async () => {
    const { access_token: token } = await api.register();
    const browser = new Browser();
    const { body } = await beginLink(browser, token, {});
    await api.logout(token);
    expect(await completeLink(browser, body.location!, somebody())).toBe(
      `${app.url}/#error=session_revoked`,
    );
  });

  it('keeps the last way to sign in', async () => {
    const browser = new Browser();
    await signIn(browser, 'acme', somebody());
    const { access_token: token } = (await refresh(browser)).body;
    const [only] = (await list(token)).body.identities;
    const response = await api.call('DELETE', `/auth/identities/${only!.id}`, { token });
    expect(response.body.code).toBe('last_sign_in_method');
    expect((await list(token)).body.identities).toHaveLength(1);
  });
});

describe('a user of a provider, who has no password', () => {
  const remove = (token: string) => api.call('POST', '/auth/delete-account', { token, body: {} });

  it('signs in again to delete the account, once the login is too old', async () => {
    const browser = new Browser();
    const account = somebody();
    await signIn(browser, 'acme', account);
    const { access_token: old, user } = (await refresh(browser)).body;
    app.clock.advance({ minutes: 6 });
    expect((await remove(old)).body).toMatchObject({
      code: 'reauthentication_required',
      clear_credentials: false,
    });
    await signIn(browser, 'acme', account);
    const { body } = await refresh(browser);
    expect(body.user.id).toBe(user.id);
    expect((await remove(body.access_token)).status).toBe(204);
    expect((await api.me(old)).body.code).toBe('session_revoked');
  });

  it('sets a first password after a recent login, and then unlinks the provider', async () => {
    const browser = new Browser();
    const account = somebody();
    await signIn(browser, 'acme', account);
    const { access_token: token } = (await refresh(browser)).body;
    const set = await api.call<TokenResponse>('POST', '/auth/change-password', {
      token,
      body: { new_password: PASSWORD },
    });
    expect(set.status).toBe(200);
    const { body } = await api.login(account.email!);
    const [only] = (await list(body.access_token)).body.identities;
    const path = `/auth/identities/${only!.id}`;
    expect((await api.call('DELETE', path, { token: body.access_token })).status).toBe(204);
  });

  it('links nothing by a flow that began before the first password was set', async () => {
    const browser = new Browser();
    await signIn(browser, 'acme', somebody());
    const { access_token: token } = (await refresh(browser)).body;
    const { body } = await beginLink(browser, token, { current_password: undefined });
    await api.call('POST', '/auth/change-password', { token, body: { new_password: PASSWORD } });
    expect(await completeLink(browser, body.location!, somebody())).toBe(
      `${app.url}/#error=session_revoked`,
    );
  });
});

describe('a provider that is not there', () => {
  it('is 404', async () => {
    for (const path of ['nobody', 'nobody/callback', '__proto__', 'constructor']) {
      const response = await fetch(`${app.url}/api/auth/with/${path}`, { redirect: 'manual' });
      expect([response.status, await codeOf(response)]).toEqual([404, 'not_found']);
    }
  });

  it('is 503 until it comes, and the server starts without it', async () => {
    const late = await startOidcProvider();
    const env = { OIDC_NAME: 'late', OIDC_ISSUER: late.issuer, OIDC_CLIENT_ID: CLIENT.client_id };
    const server = await startApp({ env });
    try {
      const begin = () => fetch(`${server.url}/api/auth/with/late`, { redirect: 'manual' });
      const away = await begin();
      expect([away.status, await codeOf(away)]).toEqual([503, 'service_unavailable']);
      await late.register([`${server.url}/api/auth/with/late/callback`]);
      expect((await begin()).status).toBe(302);
    } finally {
      await server.close();
      await late.stop();
    }
  });
});
