import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportStrategy } from '@nestjs/passport';
import { ThrottlerGuard } from '@nestjs/throttler';
import { Strategy } from 'passport-jwt';
import { DataSource } from 'typeorm';
import { AccessGuard } from '../../src/auth/guards/access.guard.js';
import { RefreshGuard } from '../../src/auth/guards/refresh.guard.js';
import { LimitGuard } from '../../src/auth/limits/limit.guard.js';
import { RenewTokenInterceptor } from '../../src/auth/renewal/renew-token.interceptor.js';
import { AccessStrategy } from '../../src/auth/strategies/access.strategy.js';
import { RefreshStrategy } from '../../src/auth/strategies/refresh.strategy.js';
import { Revocation, Session } from '../../src/sessions/index.js';
import { Api, call, claimsOf, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

const PACKAGES = [
  '@nestjs/core',
  '@nestjs/common',
  '@nestjs/jwt',
  '@nestjs/passport',
  'passport-jwt',
  '@nestjs/throttler',
  'typeorm',
  'pg',
  'bcrypt',
  'class-validator',
];

/** The build, in which imports of types are gone. */
function builtFiles(folder = resolve('dist')): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

describe('what the product is made of', () => {
  let app: TestApp;
  let browser: Api;

  beforeAll(async () => {
    app = await startApp();
    browser = new Api(app.url);
  });
  afterAll(() => app.close());
  afterEach(() => jest.restoreAllMocks());

  it.each(PACKAGES)('imports %s at run time, as a dependency', (name) => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies).toHaveProperty([name]);
    const imports = new RegExp(`(from|import\\()\\s*'${name}'`);
    expect(builtFiles().some((text) => imports.test(text))).toBe(true);
  });

  it('judges by strategies and guards of Passport, and limits by the throttler', () => {
    for (const strategy of [AccessStrategy, RefreshStrategy])
      expect(strategy.prototype).toBeInstanceOf(Strategy);
    expect(PassportStrategy(Strategy, 'access').prototype).toBeInstanceOf(Strategy);
    expect(AccessGuard.prototype).toBeInstanceOf(AuthGuard('access'));
    expect(RefreshGuard.prototype).toBeInstanceOf(AuthGuard('refresh'));
    expect(LimitGuard.prototype).toBeInstanceOf(ThrottlerGuard);
  });

  it('keeps the blacklist and the sessions in entities of TypeORM', () => {
    const { entityMetadatas } = app.nest.get(DataSource);
    expect(entityMetadatas.map(({ target }) => target)).toEqual(
      expect.arrayContaining([Session, Revocation]),
    );
  });

  it('lets passport-jwt judge an access token once, and a refresh token each time', async () => {
    const session = await browser.register();
    const judge = jest.spyOn(Strategy.prototype, 'authenticate');
    for (let request = 0; request < 3; request++)
      expect((await browser.me(session.access_token)).status).toBe(200);
    expect(judge).toHaveBeenCalledTimes(1);
    for (let refresh = 0; refresh < 3; refresh++)
      expect((await browser.refresh(refreshTokenOf(session))).status).toBe(200);
    expect(judge).toHaveBeenCalledTimes(4);
  });

  it('lets passport-jwt refuse: a token that it does not take opens nothing', async () => {
    const session = await browser.register();
    jest.spyOn(Strategy.prototype, 'authenticate').mockImplementation(function (this: Strategy) {
      this.fail('refused', 401);
    });
    expect((await browser.me(session.access_token)).body.code).toBe('token_invalid');
    expect((await browser.refresh(refreshTokenOf(session))).body.code).toBe('token_invalid');
  });

  it('hands out what JwtService has signed, and nothing else', async () => {
    const sign = jest.spyOn(JwtService.prototype, 'sign');
    const { access_token, refresh_token } = await browser.register();
    app.clock.advance({ hours: 7 });
    const { headers } = await call('GET', `${app.url}/api/users/me`, { token: access_token });
    const signed = sign.mock.results.map(({ value }: { value?: unknown }) => value);
    expect(signed).toEqual([access_token, refresh_token, headers.get('x-new-token')]);
  });

  it('adds X-New-Token by the interceptor, which no refresh and no login passes', async () => {
    const intercept = jest.spyOn(RenewTokenInterceptor.prototype, 'intercept');
    const session = await browser.register();
    const { access_token } = (await browser.refresh(refreshTokenOf(session))).body;
    expect(intercept).not.toHaveBeenCalled();
    app.clock.advance({ hours: 7 });
    const response = await call('GET', `${app.url}/api/users/me`, { token: access_token });
    expect(intercept).toHaveBeenCalledTimes(1);
    expect(response.headers.get('x-new-token')).not.toBeNull();
  });
});

describe('two applications with different keys in one process', () => {
  let apps: readonly [TestApp, TestApp];

  beforeAll(async () => {
    const first = await startApp();
    const env = {
      JWT_SECRET: 'another secret, of 32 bytes or more: 9f2c81',
      JWT_ISSUER: 'another',
    };
    apps = [first, await startApp({ env })];
  });
  afterAll(async () => {
    for (const app of apps) await app.close();
  });

  it('each take their own tokens and refuse those of the other, in turn', async () => {
    const browsers = apps.map(({ url }) => new Api(url));
    const sessions = await Promise.all(browsers.map((browser) => browser.register()));
    for (const [own, browser] of browsers.entries())
      for (const [of, session] of sessions.entries()) {
        const responses = [
          await browser.me(session.access_token),
          await browser.refresh(refreshTokenOf(session)),
        ];
        const expected = own === of ? 200 : 401;
        expect(responses.map(({ status }) => status)).toEqual([expected, expected]);
      }
  });

  it('each renew with their own key and by their own clock', async () => {
    const [first, second] = apps;
    const tokens = await Promise.all(
      apps.map(async ({ url }) => (await new Api(url).register()).access_token),
    );
    second.clock.advance({ hours: 7 });
    const renewed = await Promise.all(
      apps.map(async ({ url }, index) => {
        const response = await call('GET', `${url}/api/users/me`, { token: tokens[index] ?? '' });
        return response.headers.get('x-new-token');
      }),
    );
    expect(renewed[0]).toBeNull();
    expect(claimsOf(renewed[1] ?? '').iss).toBe('another');
    expect((await new Api(second.url).me(renewed[1] ?? '')).status).toBe(200);
    expect((await new Api(first.url).me(renewed[1] ?? '')).status).toBe(401);
  });
});
