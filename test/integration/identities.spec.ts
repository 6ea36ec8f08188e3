import { randomInt } from 'node:crypto';
import { Module } from '@nestjs/common';
import passport from 'passport';
import { Identities, LoginProvider } from '../../src/index.js';
import { Api, newEmail } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** Of three bytes each; random, since PostgreSQL compresses what it indexes. */
const wide = (characters: number) =>
  Array.from({ length: characters }, () => String.fromCharCode(0x4e00 + randomInt(20_000))).join(
    '',
  );

const AT_LIMIT = { issuer: wide(500), subject: `${wide(166)}ss` };
const ABOVE_LIMIT = { issuer: wide(500), subject: wide(167) };
const MANY_CHARACTERS = { issuer: wide(500), subject: wide(500) };

/** Who comes back from the provider. */
let account: object = {};

@LoginProvider('acme')
class Acme {
  strategy() {
    return new (class extends passport.Strategy {
      override authenticate({ query }: { query: { code?: string } }) {
        if (query.code) this.success({});
        else this.redirect('https://acme.example/authorize');
      }
    })();
  }

  identify() {
    return account as never;
  }
}

@Module({ providers: [Acme] })
class ProvidersModule {}

let app: TestApp;
let api: Api;

beforeAll(async () => {
  app = await startApp({ modules: [ProvidersModule] });
  api = new Api(app.url);
});
afterAll(() => app?.close());

describe('Identities.link', () => {
  it('links what is as long as PostgreSQL can index', async () => {
    const { user } = await api.register();
    const identities = app.nest.get(Identities);
    await identities.link(user.id, AT_LIMIT);
    expect(await identities.find(AT_LIMIT)).toBe(user.id);
  });

  it.each([
    ['above the limit', ABOVE_LIMIT],
    ['of too many bytes for the index', MANY_CHARACTERS],
    ['without a subject', { issuer: 'https://acme.example', subject: '' }],
  ])('refuses what is %s, and says what is allowed', async (_what, identity) => {
    const { user } = await api.register();
    const linking = app.nest.get(Identities).link(user.id, identity);
    await expect(linking).rejects.toThrow(
      'An identity needs an issuer and a subject of 1 to 500 characters on one line, together of at most 2000 bytes.',
    );
  });
});

describe('GET /api/auth/with/{name}/callback', () => {
  async function signIn(identity: object): Promise<string | null> {
    account = { ...identity, email: newEmail() };
    const begun = await fetch(`${app.url}/api/auth/with/acme`, { redirect: 'manual' });
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state');
    const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? '';
    const callback = `${app.url}/api/auth/with/acme/callback?code=1&state=${state}`;
    const response = await fetch(callback, { headers: { cookie }, redirect: 'manual' });
    return response.headers.get('location');
  }

  it('signs in with an identity that is as long as it may be', async () => {
    const subject = `${wide(165)}sssss`;
    expect(await signIn({ issuer: wide(500), subject })).toBe(`${app.url}/`);
  });

  it.each([
    ['above the limit', ABOVE_LIMIT],
    ['of too many bytes for the index', MANY_CHARACTERS],
    ['without an issuer', { subject: '7' }],
  ])('tells the page that an identity %s cannot be used', async (_what, identity) => {
    expect(await signIn(identity)).toBe(`${app.url}/#error=provider_failed`);
  });
});
