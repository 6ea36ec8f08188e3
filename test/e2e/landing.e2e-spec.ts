import { Controller, Get, Module } from '@nestjs/common';
import { Public } from '../../src/index.js';
import { call } from '../support/api.js';
import { startApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { describeOfWholeServer } from '../support/mounted.js';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

@Public()
@Controller()
class HomeController {
  @Get()
  home() {
    return { home: 'of the team' };
  }
}

@Module({ controllers: [HomeController] })
class HomeModule {}

@Public()
@Controller()
class EverythingController {
  @Get('*')
  everything() {
    return { home: 'of every path' };
  }
}

@Module({ controllers: [EverythingController] })
class EverythingModule {}

describeOfWholeServer('GET / of a server without the console', () => {
  let app: TestApp | undefined;
  const start = async ({ env, ...options }: TestAppOptions = {}) =>
    (app = await startApp({ ...options, env: { CONSOLE_ENABLED: 'false', ...env } })).url;
  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  const open = (url: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/`, { headers, redirect: 'manual' });

  it.each([
    ['development', 'false'],
    ['production', undefined],
  ])(
    'leads a browser to the documentation where there is no console, in %s',
    async (NODE_ENV, CONSOLE_ENABLED = '') => {
      const url = await start({ env: { NODE_ENV, CONSOLE_ENABLED, BCRYPT_COST: '10' } });
      const response = await open(url, { accept: BROWSER });
      expect(response.status).toBe(302);
      expect(response.headers.get('vary')).toContain('Accept');
      const location = new URL(response.headers.get('location') ?? '', url);
      expect(location.pathname).toBe('/docs');
      const page = await fetch(location);
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toContain('text/html');
    },
  );

  it.each([
    ['production', []],
    ['development', ['/lab/', '/mailbox']],
  ])('names to programs what is here, and each exists, in %s', async (NODE_ENV, more) => {
    const url = await start({ env: { NODE_ENV, BCRYPT_COST: '10' } });
    const { status, headers, body } = await call<Record<string, string>>('GET', `${url}/?a=b`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('vary')).toContain('Accept');
    const { name, ...paths } = body as Record<string, string>;
    expect(name).toBe('Evergreen');
    expect(Object.values(paths)).toEqual(['/docs', '/openapi.json', '/health/ready', ...more]);
    const open = (path: string) => call('GET', url + path, { headers: { accept: BROWSER } });
    // A server that has just begun may not be ready yet.
    await eventually(async () => (await open('/health/ready')).status === 200);
    for (const path of Object.values(paths)) expect((await open(path)).status).toBe(200);
  });

  it('responds to HEAD, too, and to no other method', async () => {
    const url = await start();
    expect((await call('HEAD', `${url}/`)).status).toBe(200);
    expect((await call('POST', `${url}/`)).body).toMatchObject({ code: 'not_found' });
    expect((await call('GET', `${url}/absent`)).body).toMatchObject({ code: 'not_found' });
  });

  it('keeps the path by which a proxy serves the API', async () => {
    const env = { PUBLIC_URL: 'https://example.com/backend', CONSOLE_ENABLED: 'false' };
    const url = await start({ env });
    const redirected = await open(url, { accept: BROWSER });
    expect(redirected.headers.get('location')).toBe('/backend/docs');
    expect((await call('GET', `${url}/`)).body).toMatchObject({ documentation: '/backend/docs' });
  });

  it.each([
    ['a route of its own', HomeModule, 'of the team'],
    ['one for all paths', EverythingModule, 'of every path'],
  ])('is left to a team that has %s', async (_case, module, home) => {
    const url = await start({ modules: [module] });
    for (const accept of [BROWSER, 'application/json'])
      expect(await (await open(url, { accept })).json()).toEqual({ home });
  });
});
