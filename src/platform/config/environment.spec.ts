import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError } from './configuration-error.js';
import { readEnvironment, type Variables } from './environment.js';
import { loadConfig } from './load-config.js';

const NEEDED = {
  DATABASE_URL: 'postgres://db/x',
  JWT_SECRET: '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1',
};
const EVERYWHERE = ['development', 'staging', 'production'];
const MINUTE = 60;
const HOUR = 3600;

describe('readEnvironment', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-environment-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (file: string, ...lines: string[]) =>
    writeFileSync(join(folder, file), lines.map((line) => `${line}\n`).join(''));
  const read = (given: Variables = {}) => readEnvironment(given, folder);

  describe('takes a variable from', () => {
    it("the process, then .env, then .env.<NODE_ENV>, then the package's", () => {
      expect(read({ NODE_ENV: 'staging' }).REFRESH_TOKEN_EXPIRE_DAYS).toBe('7');
      write('.env.staging', 'REFRESH_TOKEN_EXPIRE_DAYS=3');
      expect(read({ NODE_ENV: 'staging' }).REFRESH_TOKEN_EXPIRE_DAYS).toBe('3');
      write('.env', 'REFRESH_TOKEN_EXPIRE_DAYS=2');
      expect(read({ NODE_ENV: 'staging' }).REFRESH_TOKEN_EXPIRE_DAYS).toBe('2');
      expect(
        read({ NODE_ENV: 'staging', REFRESH_TOKEN_EXPIRE_DAYS: '1' }).REFRESH_TOKEN_EXPIRE_DAYS,
      ).toBe('1');
    });

    it('the file of its own environment alone', () => {
      write('.env.staging', 'PORT=1', 'NODE_ENV=production');
      expect(read().PORT).toBeUndefined();
      expect(read({ NODE_ENV: 'staging' })).toMatchObject({ NODE_ENV: 'staging', PORT: '1' });
    });

    it('the next one where it is empty', () => {
      write('.env', 'REFRESH_GRACE_SECONDS=');
      write('.env.development', 'REFRESH_GRACE_SECONDS=4');
      expect(read({ REFRESH_GRACE_SECONDS: '' }).REFRESH_GRACE_SECONDS).toBe('4');
      expect(read({ JWT_SECRET: '' })).not.toHaveProperty('JWT_SECRET');
    });

    it('the process alone where libuv reads it there', () => {
      write('.env', 'UV_THREADPOOL_SIZE=8');
      expect(read().UV_THREADPOOL_SIZE).toBeUndefined();
      expect(read({ UV_THREADPOOL_SIZE: '6' }).UV_THREADPOOL_SIZE).toBe('6');
    });
  });

  describe('starts with', () => {
    it.each(EVERYWHERE)('a file of %s that has two lines', (NODE_ENV) => {
      write(`.env.${NODE_ENV}`, 'PORT=8123', 'THROTTLE_LOGIN_LIMIT=7');
      expect(loadConfig(read({ NODE_ENV, ...NEEDED }))).toMatchObject({
        port: 8123,
        limits: { loginPerAccountAndNetwork: 7 },
        sessions: { graceSeconds: 10 },
      });
    });

    it.each(EVERYWHERE)("no file at all in %s, as with the package's", (NODE_ENV) => {
      const given = { NODE_ENV, ...NEEDED };
      expect(loadConfig(given)).toEqual(loadConfig(read(given)));
    });

    it('a folder of Python in place of .env', () => {
      mkdirSync(join(folder, '.env'));
      expect(read().NODE_ENV).toBe('development');
    });
  });

  it.each(['.env', '.env.development'])('names %s where it cannot be read', (file) => {
    symlinkSync(file, join(folder, file));
    expect(() => read()).toThrow(ConfigurationError);
    expect(() => read()).toThrow(`${file} `);
  });

  describe('takes for the environment', () => {
    it.each([[{}], [{ NODE_ENV: '' }], [{ NODE_ENV: undefined }]])(
      'development where it is given %j',
      (given) => {
        expect(read(given).NODE_ENV).toBe('development');
      },
    );

    it('what .env says, where the process says nothing', () => {
      write('.env', 'NODE_ENV=production');
      write('.env.production', 'PORT=9000');
      expect(read()).toMatchObject({ NODE_ENV: 'production', PORT: '9000' });
      expect(read({ NODE_ENV: 'staging' }).NODE_ENV).toBe('staging');
    });

    it.each(['x/../.env.staging', 'constructor', 'no such'])('no file of %j', (NODE_ENV) => {
      expect(read({ NODE_ENV }).SESSION_ABSOLUTE_MAX_DAYS).toBeUndefined();
    });
  });

  describe('with two names for the lifetime of an access token', () => {
    const secondsOf = (given: Variables = {}) =>
      loadConfig(read({ ...NEEDED, ...given })).tokens.accessSeconds;

    it.each([
      ["the package's file says it where nobody else does", {}, [], [], 480 * MINUTE],
      ["JWT_EXPIRES_IN outweighs the package's file", { JWT_EXPIRES_IN: '24h' }, [], [], 24 * HOUR],
      [
        "JWT_EXPIRES_IN of .env outweighs the package's file",
        {},
        ['JWT_EXPIRES_IN=24h'],
        [],
        24 * HOUR,
      ],
      [
        "JWT_EXPIRES_IN of one's own file outweighs the package's",
        {},
        [],
        ['JWT_EXPIRES_IN=24h'],
        24 * HOUR,
      ],
      [
        'the process outweighs .env, whichever name it has',
        { JWT_EXPIRES_IN: '24h' },
        ['ACCESS_TOKEN_EXPIRE_MINUTES=7'],
        [],
        24 * HOUR,
      ],
      [
        ".env outweighs one's own file, whichever name it has",
        {},
        ['ACCESS_TOKEN_EXPIRE_MINUTES=7'],
        ['JWT_EXPIRES_IN=24h'],
        7 * MINUTE,
      ],
      [
        'ACCESS_TOKEN_EXPIRE_MINUTES outweighs the other in the process',
        { ACCESS_TOKEN_EXPIRE_MINUTES: '7', JWT_EXPIRES_IN: '24h' },
        [],
        [],
        7 * MINUTE,
      ],
      [
        'ACCESS_TOKEN_EXPIRE_MINUTES outweighs the other in .env',
        {},
        ['JWT_EXPIRES_IN=24h', 'ACCESS_TOKEN_EXPIRE_MINUTES=7'],
        [],
        7 * MINUTE,
      ],
      [
        'an empty one is not set',
        { ACCESS_TOKEN_EXPIRE_MINUTES: '', JWT_EXPIRES_IN: '90s' },
        [],
        [],
        90,
      ],
      [
        'neither is set where both are empty',
        { ACCESS_TOKEN_EXPIRE_MINUTES: '', JWT_EXPIRES_IN: '' },
        [],
        [],
        480 * MINUTE,
      ],
      [
        'one that is not used is not judged',
        { ACCESS_TOKEN_EXPIRE_MINUTES: '7', JWT_EXPIRES_IN: 'soon' },
        [],
        [],
        7 * MINUTE,
      ],
    ])('%s', (_case, given: Variables, env: string[], ofEnvironment: string[], seconds) => {
      write('.env', ...env);
      write('.env.development', ...ofEnvironment);
      expect(secondsOf(given)).toBe(seconds);
    });
  });

  it('leaves what it was given as it was', () => {
    const given = Object.freeze({ NODE_ENV: 'staging', JWT_EXPIRES_IN: '1h', PORT: '' });
    read(given);
    expect(given).toEqual({ NODE_ENV: 'staging', JWT_EXPIRES_IN: '1h', PORT: '' });
  });
});
