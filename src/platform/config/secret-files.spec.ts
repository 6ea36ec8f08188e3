import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideForDevelopment } from './development.js';
import type { Variables } from './environment.js';
import { loadConfig } from './load-config.js';
import { SECRETS } from './variables.js';

const NEEDED: Variables = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgres://db/x',
  JWT_SECRET: '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1',
};

const PROTOCOLS: Readonly<Record<string, string>> = { REDIS_URL: 'redis', MAIL_URL: 'smtps' };

describe('a secret from a file', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-secrets-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string): string => {
    const file = join(folder, 'secret');
    writeFileSync(file, text);
    return file;
  };
  const secretOf = (text: string) =>
    loadConfig({
      ...NEEDED,
      NODE_ENV: 'development',
      JWT_SECRET: undefined,
      JWT_SECRET_FILE: write(text),
    }).tokens.secret;

  const messageOf = (given: Variables): string => {
    try {
      loadConfig({ ...NEEDED, ...given });
    } catch (error) {
      return (error as Error).message;
    }
    throw new Error('The configuration was accepted.');
  };
  /** The first word of each line below the first. */
  const faultsOf = (given: Variables) =>
    messageOf(given)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/[ :]/, 1)[0]);

  it.each([
    ['hunter2', 'hunter2'],
    ['hunter2\n', 'hunter2'],
    ['hunter2\r\n', 'hunter2'],
    ['hunter2\n\n', 'hunter2\n'],
    [' hunter2 ', ' hunter2 '],
  ])('%j is %j', (text, secret) => {
    expect(secretOf(text)).toBe(secret);
  });

  it('may be any that there is', () => {
    const files = Object.fromEntries(
      SECRETS.map((name) => {
        const file = join(folder, name);
        const text = name.endsWith('URL')
          ? `${PROTOCOLS[name] ?? 'postgres'}://${name.toLowerCase()}/${name === 'MAIL_URL' ? '' : 'x'}`
          : `${name === 'SERVICE_TOKENS' ? 'orders:' : ''}${name.length}d1f0c64a9w83527c15e0d8936bfx42`;
        writeFileSync(file, text);
        return [`${name}_FILE`, file];
      }),
    );
    const { adminToken, serviceTokens, database, mail, redisUrl, tokens, activity } = loadConfig({
      NODE_ENV: 'production',
      ...files,
      ANOMALY_ACTION: 'notify',
      SECURITY_WEBHOOK_URL: 'https://hooks.example.com',
      MAIL_FROM: 'a@example.com',
      PUBLIC_URL: 'https://example.com',
    });
    expect(mail.url).toBe('smtps://mail_url/');
    expect(database).toMatchObject({
      url: 'postgres://database_url/x',
      directUrl: 'postgres://database_direct_url/x',
    });
    expect(redisUrl).toBe('redis://redis_url/x');
    for (const secret of [
      adminToken,
      serviceTokens.orders,
      tokens.secret,
      tokens.previousSecret,
      activity.webhook?.secret,
    ])
      expect(secret).toMatch(/^\d+d1f0c6/);
  });

  it.each(SECRETS)('%s_FILE that cannot be read is named, and no other', (name) => {
    const given = { [name]: undefined, [`${name}_FILE`]: join(folder, 'hunter2') };
    expect(faultsOf(given)).toEqual([`${name}_FILE`]);
    expect(messageOf(given)).toContain('ENOENT');
    expect(messageOf(given)).not.toContain('hunter2');
  });

  it.each(['', '\n', '\r\n'])('is refused where the file holds %j', (text) => {
    expect(faultsOf({ JWT_SECRET: undefined, JWT_SECRET_FILE: write(text) })).toEqual([
      'JWT_SECRET_FILE',
    ]);
  });

  it('is refused beside the variable', () => {
    const JWT_SECRET_FILE = write(NEEDED.JWT_SECRET ?? '');
    expect(faultsOf({ JWT_SECRET_FILE })).toEqual(['JWT_SECRET_FILE']);
  });

  it('is as strong as any, and what is wrong stands beside other faults', () => {
    const given = {
      JWT_SECRET: undefined,
      JWT_SECRET_FILE: write('hunter2\n'),
      REDIS_URL_FILE: join(folder, 'none'),
      PORT: 'x',
    };
    expect(faultsOf(given).sort()).toEqual(['JWT_SECRET_FILE', 'PORT', 'REDIS_URL_FILE']);
    expect(messageOf(given)).not.toContain('hunter2');
  });

  it.each(['development', 'test'])('%s brings nothing along in its place', async (NODE_ENV) => {
    const given = { NODE_ENV, DATABASE_URL_FILE: 'a', JWT_SECRET_FILE: 'b' };
    const { environment, stop } = await provideForDevelopment(given);
    await stop();
    expect(environment).toEqual(given);
  });
});
