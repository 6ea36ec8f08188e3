import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api, refreshTokenOf } from '../support/api.js';
import { startServer } from '../support/server-process.js';

/** As a newcomer starts it: nothing is configured. */
const NOTHING = {};

describe('a start in development', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-start-'));
  });
  afterEach(() => {
    const elsewhere = readdirSync(join(folder, '.data')).includes('postgres-location');
    if (elsewhere)
      rmSync(readFileSync(join(folder, '.data/postgres-location'), 'utf8').trim(), {
        recursive: true,
        force: true,
      });
    rmSync(folder, { recursive: true, force: true });
  });

  it('brings its database and its keys along, serves pages of other ports; users and tokens survive a restart, and kill -9', async () => {
    const first = await startServer(NOTHING, folder);
    expect(JSON.parse(first.log.split('\n')[0] ?? '')).toMatchObject({
      msg: expect.stringContaining(`API http://localhost:${new URL(first.url).port}/api`) as string,
    });
    const port = new URL(first.url).port;
    for (const { address, isIPv6, internal } of addresses()) {
      const response = fetch(`http://${isIPv6 ? `[${address}]` : address}:${port}/health/live`);
      if (internal) expect((await response).status).toBe(200);
      else await expect(response).rejects.toThrow();
    }
    const origin = 'http://localhost:3000';
    const page = await fetch(`${first.url}/api/auth/verify`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'GET' },
    });
    expect(page.headers.get('access-control-allow-origin')).toBe(origin);
    const browser = new Api(first.url);
    const signedIn = await browser.register();
    const published = await keysOf(first.url);
    expect(published).toHaveLength(1);
    expect(await first.stop()).toBe(0);

    const second = await startServer(NOTHING, folder);
    expect(await keysOf(second.url)).toEqual(published);
    expect((await browser.at(second.url).me(signedIn.access_token)).status).toBe(200);
    const refreshed = await browser.at(second.url).refresh(refreshTokenOf(signedIn));
    expect(refreshed.status).toBe(200);
    expect(await second.stop('SIGKILL')).toBe('SIGKILL');

    const third = await startServer(NOTHING, folder);
    expect((await browser.at(third.url).refresh(refreshTokenOf(refreshed.body))).status).toBe(200);
    expect(await third.stop('SIGINT')).toBe(0);
    expect(postgresProcessesOf(folder)).toEqual([]);
  });

  it('stops in order, with its database, where its terminal is closed', async () => {
    const server = await startServer(NOTHING, folder);
    expect(postgresProcessesOf(folder)).not.toEqual([]);
    expect(await server.stop('SIGHUP')).toBe(0);
    expect(postgresProcessesOf(folder)).toEqual([]);
  });
});

describe('a start in a test', () => {
  it('brings a database along that is gone afterwards, and leaves nothing in the folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'evergreen-start-'));
    const temporary = mkdtempSync(join(tmpdir(), 'evergreen-tmp-'));
    chmodSync(temporary, 0o711);
    const server = await startServer({ NODE_ENV: 'test', TMPDIR: temporary }, folder);
    const signedIn = await new Api(server.url).register();
    expect((await new Api(server.url).me(signedIn.access_token)).status).toBe(200);
    expect(readdirSync(temporary)).toHaveLength(1);
    expect(await server.stop()).toBe(0);
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    for (const made of [folder, temporary]) rmSync(made, { recursive: true });
  });
});

/** The published keys, with which other services verify access tokens. */
async function keysOf(url: string): Promise<unknown[]> {
  const response = await fetch(`${url}/.well-known/jwks.json`);
  return ((await response.json()) as { keys: unknown[] }).keys;
}

/** Of this machine, but for those that need a zone. */
function addresses() {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ address }) => !address.startsWith('fe80:'))
    .map(({ address, family, internal }) => ({ address, isIPv6: family === 'IPv6', internal }));
}

/** Command lines of servers whose data belongs to this folder. */
function postgresProcessesOf(folder: string): string[] {
  const data = readdirSync(join(folder, '.data'));
  const places = [
    folder,
    ...(data.includes('postgres-location')
      ? [readFileSync(join(folder, '.data/postgres-location'), 'utf8').trim()]
      : []),
  ];
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .filter(
      (commandLine) =>
        commandLine.includes('postgres') && places.some((place) => commandLine.includes(place)),
    );
}
