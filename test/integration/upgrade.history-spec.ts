import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { outcomeOf } from '../support/api.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment, startServer } from '../support/server-process.js';
import { sendTraffic, signIn } from '../support/traffic.js';

// Many processes are started, which takes its time where others work on the machine, too.
jest.setTimeout(240_000);

const MIGRATIONS = 'src/platform/database/migrations';

describe('an upgrade from the version before the newest migration', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-upgrade-'));
    buildVersionBeforeNewestMigration(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('under traffic: no request fails, and either version serves the sessions of the other', async () => {
    const database = await createDatabase({ template: 'template0' });
    const environment = serverEnvironment(database.url);
    const old = await startServer(environment, folder, join(folder, 'dist/main.js'));
    const schemaBefore = await database.query('SELECT FROM evergreen_migrations');
    const elders = await signIn(old.url, 8);
    const traffic = [sendTraffic(elders)];
    const oneHundredMoreEach = async () => {
      const before = traffic.map(({ responses }) => responses.length);
      await eventually(
        () =>
          traffic.every(({ responses }, place) => responses.length > (before[place] ?? 0) + 100),
        { withinMs: 30_000 },
      );
    };
    await oneHundredMoreEach();

    const current = await startServer(environment);
    expect((await database.query('SELECT FROM evergreen_migrations')).length).toBeGreaterThan(
      schemaBefore.length,
    );
    const newcomers = await signIn(current.url, 8);
    traffic.push(sendTraffic(newcomers));
    await oneHundredMoreEach();
    for (const client of elders) client.api = client.api.at(current.url);
    for (const client of newcomers) client.api = client.api.at(old.url);
    await oneHundredMoreEach();
    for (const client of newcomers) client.api = client.api.at(current.url);
    await oneHundredMoreEach();
    for (const { end } of traffic) await end();
    expect(await old.stop()).toBe(0);

    for (const { kinds } of traffic) expect(kinds()).toEqual(['200']);
    for (const { api, refreshToken } of [...elders, ...newcomers])
      expect(outcomeOf(await api.refresh(refreshToken))).toBe('rotated');
    await current.stop();
    await database.drop();
  });
});

/** From the history, with the dependencies of its time. */
function buildVersionBeforeNewestMigration(folder: string): void {
  const git = (...options: string[]) =>
    execFileSync('git', options, { encoding: 'utf8', maxBuffer: 1e8 });
  const newest = git(
    'log',
    '--max-count=1',
    '--diff-filter=A',
    '--format=%H',
    '--',
    MIGRATIONS,
  ).trim();
  const archive = join(folder, 'source.tar');
  git('archive', `--output=${archive}`, `${newest}^`);
  execFileSync('tar', ['--extract', `--file=${archive}`, `--directory=${folder}`]);
  for (const command of ['npm ci --prefer-offline --no-audit --no-fund', 'npm run build']) {
    execFileSync(command, { cwd: folder, shell: true, stdio: 'inherit' });
  }
}
