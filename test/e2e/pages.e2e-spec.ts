import { readdirSync } from 'node:fs';
import { Controller, Get, Module } from '@nestjs/common';
import { LoginProvider, Public } from '../../src/index.js';
import paths from '../../console/pages.json' with { type: 'json' };
import { call } from '../support/api.js';
import { startApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { describeOfWholeServer } from '../support/mounted.js';

const BROWSER = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
const PAGES = Object.values(paths);

const [script = ''] = readdirSync('dist/console/console').filter((name) => name.endsWith('.js'));

@Public()
@Controller('devices')
class DevicesController {
  @Get()
  devices() {
    return { devices: 'of the team' };
  }
}

@Module({ controllers: [DevicesController] })
class DevicesModule {}

@LoginProvider('acme')
class Acme {
  strategy() {
    return { authenticate: () => undefined };
  }

  identify({ id }: { id: string }) {
    return { issuer: 'https://acme.example', subject: id };
  }
}

@Module({ providers: [Acme] })
class AcmeModule {}

/** What the page knows of its server. */
async function settingsOn(url: string): Promise<Record<string, unknown>> {
  const html = await (await fetch(url, { headers: BROWSER })).text();
  const [, content = ''] = /<meta name="settings" content="([^"]*)"/.exec(html) ?? [];
  return JSON.parse(content.replaceAll('&#34;', '"')) as Record<string, unknown>;
}

describeOfWholeServer('the pages of the whole server', () => {
  let app: TestApp | undefined;
  const start = async (options?: TestAppOptions) => (app = await startApp(options)).url;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  it('are the console, at each of its paths and under a strict policy', async () => {
    const url = await start();
    for (const page of [...PAGES, '/?from=mail', '/devices?from=mail']) {
      const response = await fetch(url + page, { headers: BROWSER });
      expect([page, response.status]).toEqual([page, 200]);
      expect(await response.text()).toContain('<div id="root">');
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.headers.get('vary')).toContain('Accept');
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|https:/);
    }
    expect((await call('HEAD', `${url}/devices`, { headers: BROWSER })).status).toBe(200);
  });

  it('are for clients that take HTML, and for no other method or path', async () => {
    const url = await start();
    const refused = [
      ['GET', '/devices', { accept: 'application/json' }],
      ['POST', '/devices', BROWSER],
      ['GET', '/devices/1', BROWSER],
      ['GET', '/pages.json', BROWSER],
      ['GET', '/index.html', BROWSER],
      ['GET', '/console/..%2fpages.json', BROWSER],
      ['GET', '/console/absent.js', BROWSER],
      ['GET', '/api/absent', BROWSER],
    ] as const;
    for (const [method, path, headers] of refused) {
      const { status, body } = await call(method, url + path, { headers });
      expect([path, status, body]).toEqual([
        path,
        404,
        expect.objectContaining({ code: 'not_found' }),
      ]);
    }
  });

  it('have files that browsers keep, compressed where they can read it', async () => {
    const url = await start();
    for (const time of ['produced', 'from the cache']) {
      const { headers } = await fetch(`${url}/console/${script}`);
      expect([time, headers.get('cache-control')]).toEqual([
        time,
        'public, max-age=31536000, immutable',
      ]);
      expect(headers.get('content-encoding')).toBe('gzip');
      expect(headers.get('content-type')).toMatch(/^(text|application)\/javascript/);
    }
  });

  it('know of their server what they have to know, and no secret', async () => {
    const ADMIN_TOKEN = '6c9d1f1e0b7a4a5f8e2d3c4b5a697887162534435261706c9d3f60a1b7e852f4';
    const url = await start({ env: { ADMIN_TOKEN, REFRESH_GRACE_SECONDS: '7' } });
    expect(await settingsOn(url)).toEqual({
      environment: 'development',
      laboratory: true,
      mailbox: true,
      renewBelowSeconds: 7200,
      graceSeconds: 7,
      loginProviders: [],
    });
  });

  it('know the login providers of their server, a team’s own too', async () => {
    const OIDC = { OIDC_ISSUER: 'https://a.example', OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'y' };
    const url = await start({ env: OIDC, modules: [AcmeModule] });
    expect((await settingsOn(url)).loginProviders).toEqual(['oidc', 'acme']);
  });

  it('know of none without refresh tokens, since these are what a provider leads to', async () => {
    const url = await start({ env: { REFRESH_TOKEN_ENABLED: 'false' }, modules: [AcmeModule] });
    expect((await settingsOn(url)).loginProviders).toEqual([]);
  });

  it('give way to a route of the team', async () => {
    const url = await start({ modules: [DevicesModule] });
    const response = await fetch(`${url}/devices`, { headers: BROWSER });
    expect(await response.json()).toEqual({ devices: 'of the team' });
  });

  it.each([
    ['development', undefined, true],
    ['staging', undefined, true],
    ['production', undefined, false],
    ['production', 'true', true],
    ['development', 'false', false],
  ])('in %s with CONSOLE_ENABLED=%s: the console is there: %s', async (...row) => {
    const [NODE_ENV, CONSOLE_ENABLED, isThere] = row;
    const env = { NODE_ENV, BCRYPT_COST: '10', ...(CONSOLE_ENABLED && { CONSOLE_ENABLED }) };
    const url = await start({ env });
    for (const path of ['/sign-in', `/console/${script}`])
      expect((await fetch(url + path, { headers: BROWSER })).status).toBe(isThere ? 200 : 404);
  });

  it('include the laboratory in development alone', async () => {
    const url = await start();
    const moved = await fetch(`${url}/lab`, { headers: BROWSER, redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([302, 'lab/']);
    const page = await fetch(`${url}/lab/`, { headers: BROWSER });
    expect(page.status).toBe(200);
    const [, file] = /src="\.\/(files\/[^"]+)"/.exec(await page.text()) ?? [];
    expect((await fetch(`${url}/lab/${file}`)).status).toBe(200);
  });

  it.each(['staging', 'production'])('do not include the laboratory in %s', async (NODE_ENV) => {
    const url = await start({ env: { NODE_ENV, BCRYPT_COST: '10' } });
    for (const path of ['/lab', '/lab/'])
      expect((await fetch(url + path, { headers: BROWSER })).status).toBe(404);
  });
});
