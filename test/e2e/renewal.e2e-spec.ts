import {
  Controller,
  Get,
  HttpCode,
  HttpException,
  Module,
  Redirect,
  Res,
  StreamableFile,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { NoRenewal, Public } from '../../src/platform/caller/index.js';
import { Api, call, claimsOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** Routes of a team, each with another kind of response. */
@Controller('kinds')
class KindsController {
  @Get('plain')
  plain() {
    return { ok: true };
  }

  @Get('empty')
  @HttpCode(204)
  empty() {
    return;
  }

  @Get('polled')
  @NoRenewal()
  polled() {
    return { ok: true };
  }

  @Get('teapot')
  teapot() {
    throw new HttpException('no coffee', 409);
  }

  @Get('moved')
  @Redirect('/elsewhere')
  moved() {
    return;
  }

  @Get('unchanged')
  @HttpCode(304)
  unchanged() {
    return;
  }

  @Get('stream')
  stream() {
    return new StreamableFile(Buffer.from('bytes'));
  }

  @Get('late-error')
  lateError(@Res({ passthrough: true }) reply: FastifyReply) {
    reply.status(500);
    return { ok: false };
  }

  @Get('open')
  @Public()
  open() {
    return { ok: true };
  }
}

@Module({ controllers: [KindsController] })
class KindsModule {}

describe('X-New-Token', () => {
  let app: TestApp;
  let browser: Api;

  // Development: access tokens of 8 h, renewed below 2 h.
  beforeAll(async () => {
    app = await startApp({
      modules: [KindsModule],
      env: { CORS_ORIGINS: 'https://app.example.com', AUTO_RENEW_MAX_HOURS: '168' },
    });
  });
  afterAll(() => app.close());
  beforeEach(() => {
    browser = new Api(app.url);
  });

  const get = async (path: string, token: string) => call('GET', app.url + path, { token });
  const newTokenOf = ({ headers }: { headers: Headers }) => headers.get('x-new-token');

  it.each([
    ['2 h and a second', { hours: 5, minutes: 59, seconds: 58 }, false],
    ['less than 2 h', { hours: 6, seconds: 2 }, true],
    ['some seconds', { hours: 7, minutes: 59, seconds: 50 }, true],
    ['only the tolerance', { hours: 8, seconds: 2 }, false],
  ])('is sent when the token has %s left: %p → %p', async (_left, time, isSent) => {
    const { access_token } = await browser.register();
    app.clock.advance(time);
    const response = await get('/kinds/plain', access_token);
    expect(response.status).toBe(200);
    expect(newTokenOf(response) !== null).toBe(isSent);
  });

  it('holds a good token for the same session, and says how to treat the answer', async () => {
    const { access_token, session_id } = await browser.register();
    app.clock.advance({ hours: 7 });
    const { headers } = await get('/kinds/plain', access_token);
    const renewed = headers.get('x-new-token') ?? '';
    expect(claimsOf(renewed)).toMatchObject({
      sid: session_id,
      auth_time: claimsOf(access_token).auth_time,
      epoch: 0,
    });
    expect(Number(headers.get('x-new-token-expires-in'))).toBeGreaterThan(8 * 3600 - 5);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('vary')).toContain('Authorization');
    expect(renewed.length).toBeLessThan(2048);
    expect((await browser.me(renewed)).status).toBe(200);
    expect((await browser.me(access_token)).status).toBe(200);
  });

  it('is exposed by name to the listed origins, and to no others', async () => {
    const { access_token: token } = await browser.register();
    const exposedTo = async (origin: string) =>
      (await call('GET', `${app.url}/kinds/plain`, { token, headers: { origin } })).headers;
    const listed = await exposedTo('https://app.example.com');
    expect(listed.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(listed.get('access-control-expose-headers')).toContain('X-New-Token');
    expect((await exposedTo('https://evil.example')).get('access-control-allow-origin')).toBeNull();
  });

  it('is one token for all answers within some seconds', async () => {
    const { access_token } = await browser.register();
    app.clock.advance({ hours: 7 });
    const responses = await Promise.all(
      Array.from({ length: 50 }, () => get('/kinds/plain', access_token)),
    );
    expect(new Set(responses.map(newTokenOf)).size).toBe(1);
    app.clock.advance({ seconds: 4 });
    expect(newTokenOf(await get('/kinds/plain', access_token))).not.toBe(
      newTokenOf(responses[0] as never),
    );
  });

  it.each([
    '/kinds/teapot',
    '/kinds/unchanged',
    '/kinds/stream',
    '/kinds/late-error',
    '/kinds/polled',
    '/kinds/open',
    '/nothing',
    '/health/live',
  ])('is not sent with the answer of %s', async (path) => {
    const { access_token } = await browser.register();
    app.clock.advance({ hours: 7 });
    expect(newTokenOf(await get(path, access_token))).toBeNull();
    expect(newTokenOf(await get('/kinds/empty', access_token))).not.toBeNull();
  });

  it('is not sent with a redirect', async () => {
    const { access_token } = await browser.register();
    app.clock.advance({ hours: 7 });
    const response = await fetch(`${app.url}/kinds/moved`, {
      headers: { authorization: `Bearer ${access_token}` },
      redirect: 'manual',
    });
    expect([response.status, newTokenOf(response)]).toEqual([302, null]);
  });

  it('is not sent by login, refresh, a change of password, or an answer that ends the session', async () => {
    const session = await browser.register();
    const other = (await browser.login(session.email)).body;
    app.clock.advance({ hours: 7 });
    const token = session.access_token;
    expect(newTokenOf(await browser.login(session.email))).toBeNull();
    expect(newTokenOf(await browser.refresh(refreshTokenOf(session)))).toBeNull();
    expect(
      newTokenOf(await browser.call('DELETE', `/sessions/${other.session_id}`, { token })),
    ).toBeNull();
    const changed = await browser.changePassword(token, PASSWORD, 'copper-Meadow-58-anchor');
    expect([changed.status, newTokenOf(changed)]).toEqual([200, null]);
    app.clock.advance({ hours: 7 });
    expect(newTokenOf(await browser.logout(changed.body.access_token))).toBeNull();
  });

  it('never goes past the session', async () => {
    const { email } = await browser.register();
    const { access_token, refresh_expires_in } = (
      await browser.login(email, { remember_me: false })
    ).body;
    const sessionExp = (claimsOf(access_token).iat as number) + (refresh_expires_in ?? 0);
    let token = access_token;
    for (let hop = 0; hop < 3; hop++) {
      app.clock.advance({ hours: 7 });
      token = newTokenOf(await get('/kinds/plain', token)) ?? token;
    }
    expect(Math.abs((claimsOf(token).exp as number) - sessionExp)).toBeLessThanOrEqual(1);
    app.clock.advance({ hours: 2 });
    expect(newTokenOf(await get('/kinds/plain', token))).toBeNull();
  });

  it('carries a session no further than AUTO_RENEW_MAX_HOURS, until its refresh token is used', async () => {
    const session = await browser.register();
    let token = session.access_token;
    let hours = 0;
    for (; hours < 200; hours += 7) {
      app.clock.advance({ hours: 7 });
      const response = await get('/kinds/plain', token);
      if (response.status !== 200) break;
      token = newTokenOf(response) ?? token;
    }
    expect(hours + 7).toBeGreaterThan(168);
    expect(
      (claimsOf(token).exp as number) - (claimsOf(session.access_token).iat as number),
    ).toBeLessThanOrEqual(168 * 3600 + 1);

    const refreshed = (await browser.refresh(refreshTokenOf(session))).body;
    app.clock.advance({ hours: 7 });
    expect(newTokenOf(await get('/kinds/plain', refreshed.access_token))).not.toBeNull();
  });

  it('carries a stolen access token no further, however often its owner refreshes', async () => {
    const session = await browser.register();
    let refreshToken = refreshTokenOf(session);
    let stolen = session.access_token;
    for (let hours = 0; hours < 210; hours += 7) {
      app.clock.advance({ hours: 7 });
      refreshToken = refreshTokenOf((await browser.refresh(refreshToken)).body);
      stolen = newTokenOf(await get('/kinds/plain', stolen)) ?? stolen;
    }
    const lifeSeconds = Number(claimsOf(stolen).exp) - Number(claimsOf(session.access_token).iat);
    expect(lifeSeconds).toBeLessThanOrEqual(168 * 3600);
    expect((await get('/kinds/plain', stolen)).body.code).toBe('token_expired');
    expect((await browser.refresh(refreshToken)).status).toBe(200);
  });

  it('is not shared with a token of the same session that may be carried less far', async () => {
    const session = await browser.register();
    app.clock.advance({ hours: 1 });
    const { access_token: later } = (await browser.refresh(refreshTokenOf(session))).body;
    app.clock.advance({ hours: 6, minutes: 30 });
    const [ofEarlier, ofLater] = await Promise.all(
      [session.access_token, later].map((token) => get('/kinds/plain', token)),
    );
    const renewUntil = (token: string | null | undefined) => claimsOf(token ?? '').renew_until;
    expect(renewUntil(ofEarlier && newTokenOf(ofEarlier))).toBe(renewUntil(session.access_token));
    expect(renewUntil(ofLater && newTokenOf(ofLater))).toBe(renewUntil(later));
  });

  it('is not minted for a user who has been deactivated meanwhile', async () => {
    const session = await browser.register();
    app.clock.advance({ hours: 7 });
    await app.database.query('UPDATE users SET deactivated_at = now() WHERE id = $1', [
      session.user.id,
    ]);
    expect(newTokenOf(await get('/kinds/plain', session.access_token))).toBeNull();
  });

  it('is left out, and the request served, when the database is away', async () => {
    const lonely = await startApp({ modules: [KindsModule] });
    const { access_token } = await new Api(lonely.url).register();
    const { health } = {
      health: () => call<{ revocations: string }>('GET', `${lonely.url}/health/ready`),
    };
    while ((await health()).body.revocations !== 'live');
    lonely.clock.advance({ hours: 7 });
    await lonely.database.query('ALTER TABLE sessions RENAME TO sessions_away');
    const response = await call('GET', `${lonely.url}/kinds/plain`, { token: access_token });
    expect([response.status, newTokenOf(response)]).toEqual([200, null]);
    await lonely.close();
  });
});
