import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  parseStoredKeys,
  writeStoredKeys,
  type StoredKey,
} from '../../src/auth/tokens/keys/stored-keys.js';
import { Api, call, headerOf, refreshTokenOf } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const COMMAND = resolve('dist/auth/tokens/keys/keys.command.js');
const TWO_MINUTES_MS = 120_000;
const A_DAY_AND_AN_HOUR_MS = 25 * 3_600_000;

describe('a rotation of the keys of two instances under load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
  const file = join(folder, 'keys.json');
  const over = new AbortController();
  let database: TestDatabase;
  let servers: ServerProcess[];
  let load: Promise<void>[];

  /** How every request was answered, and with which key the newest access token is signed. */
  const statuses: number[] = [];
  const usedKeys = new Set<unknown>();

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(async () => {
    over.abort();
    await Promise.all(load ?? []);
    await Promise.all((servers ?? []).map((server) => server.stop()));
    await database.drop();
    rmSync(folder, { recursive: true });
  });

  const rotate = async () => (await promisify(execFile)(process.execPath, [COMMAND, file])).stdout;
  const stored = () => parseStoredKeys(readFileSync(file, 'utf8'));
  const publishedAt = async ({ url }: ServerProcess) =>
    (await call<{ keys: { kid: string }[] }>('GET', `${url}/.well-known/jwks.json`)).body.keys.map(
      ({ kid }) => kid,
    );

  /** Instead of waiting: what the file says of a key's past is moved back. */
  const age = (ms: number) =>
    writeStoredKeys(
      file,
      stored().map((key) => aged(key, ms)),
    );
  const allPublish = (keys: readonly StoredKey[]) =>
    eventually(async () => {
      const wanted = keys.map(({ kid }) => kid).join();
      return (await Promise.all(servers.map(publishedAt))).every(
        (published) => published.join() === wanted,
      );
    });

  /** Takes a token of one instance to the other at once, and refreshes it there. */
  async function travel(begin: ServerProcess): Promise<void> {
    const api = new Api(begin.url);
    let tokens = await api.register();
    for (let turn = 0; !over.signal.aborted; turn++) {
      const client = api.at((servers[turn % servers.length] as ServerProcess).url);
      const response = await client.me(tokens.access_token);
      const refreshed = await client.refresh(refreshTokenOf(tokens));
      statuses.push(response.status, refreshed.status);
      if (refreshed.status !== 200) return;
      tokens = { ...tokens, ...refreshed.body };
      usedKeys.add(headerOf(tokens.access_token).kid);
    }
  }

  it('refuses no token', async () => {
    expect(await rotate()).toMatch(/^Created /);
    const [first] = stored() as [StoredKey];
    const environment = { ...serverEnvironment(database.url), JWT_KEYS_FILE: file };
    servers = [await startServer(environment), await startServer(environment)];
    load = Array.from({ length: 4 }, (_, index) => travel(servers[index % 2] as ServerProcess));
    const early = await new Api((servers[0] as ServerProcess).url).register();
    expect(headerOf(early.access_token).kid).toBe(first.kid);

    expect(await rotate()).toMatch(/^Added /);
    await allPublish(stored());
    expect(await rotate()).toMatch(/^Waiting: /);
    expect([...usedKeys]).toEqual([first.kid]);

    age(TWO_MINUTES_MS);
    expect(await rotate()).toMatch(/^Promoted /);
    const [second] = stored() as [StoredKey];
    await allPublish(stored());
    await eventually(() => usedKeys.has(second.kid));
    for (const { url } of servers)
      expect((await new Api(url).me(early.access_token)).status).toBe(200);

    age(A_DAY_AND_AN_HOUR_MS);
    expect(await rotate()).toMatch(new RegExp(`^Removed ${first.kid},.*\nAdded `));
    usedKeys.clear();
    await allPublish(stored());
    for (const { url } of servers)
      expect((await new Api(url).me(early.access_token)).body.code).toBe('token_invalid');
    await eventually(() => usedKeys.size > 0);
    expect([...usedKeys]).toEqual([second.kid]);

    over.abort();
    await Promise.all(load);
    expect(statuses.length).toBeGreaterThan(100);
    expect([...new Set(statuses)]).toEqual([200]);
  });
});

function aged(key: StoredKey, ms: number): StoredKey {
  const earlier = (instant: string) => new Date(Date.parse(instant) - ms).toISOString();
  return {
    ...key,
    ...(key.created_at && { created_at: earlier(key.created_at) }),
    ...(key.retired_at && { retired_at: earlier(key.retired_at) }),
  };
}
