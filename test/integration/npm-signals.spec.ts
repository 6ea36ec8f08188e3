import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { freePort } from '@evergreen-auth/dev-postgres';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { serverEnvironment } from '../support/server-process.js';

/** As a process manager does that is told to run `npm`: it signals npm alone, and not its group. */
describe('a signal to `npm run start:prod`', () => {
  let database: TestDatabase;
  let npm: ChildProcess;

  beforeEach(async () => (database = await createDatabase()));
  afterEach(async () => {
    // The group of npm, the shell and the server, where the signal has left any of them.
    if (npm.pid !== undefined)
      try {
        process.kill(-npm.pid, 'SIGKILL');
      } catch {
        // All have ended.
      }
    await database.drop();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops the server in order: %s', async (signal) => {
    const port = await freePort();
    const { PATH = '', HOME = '' } = process.env;
    npm = spawn('npm', ['run', 'start:prod'], {
      env: { PATH, HOME, PORT: String(port), ...serverEnvironment(database.url) },
      stdio: 'ignore',
      detached: true,
    });
    const exitCode = new Promise((done) => npm.once('exit', (code) => done(code)));
    const isUp = async () =>
      fetch(`http://127.0.0.1:${port}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      );
    await eventually(isUp, { withinMs: 30_000 });
    npm.kill(signal);
    expect(await exitCode).toBe(0);
    expect(await isUp()).toBe(false);
  });
});

describe('package.json', () => {
  it.each(['start', 'start:prod'])('has no shell between npm and the server: %s', (name) => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts[name]).toMatch(/ exec node dist\/main\.js$/);
  });
});
