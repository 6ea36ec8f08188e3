import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ConfigurationError, loadConfig, readEnvironment } from '../../../platform/config/index.js';
import { KeyFile } from './key-file.js';
import { newKey } from './new-key.js';
import { writeStoredKeys } from './stored-keys.js';

describe('KeyFile', () => {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
  const path = join(folder, 'keys.json');
  const complaints = jest.spyOn(Logger.prototype, 'error').mockImplementation();
  const news = jest.spyOn(Logger.prototype, 'log').mockImplementation();
  const first = newKey(new Date());
  const second = newKey(new Date());

  const opened = (keysFile: string | undefined = path, NODE_ENV = 'production') =>
    KeyFile.open(
      loadConfig(
        readEnvironment({
          NODE_ENV,
          DATABASE_URL: 'postgres://db/x',
          JWT_SECRET: '96f8c0ef4a5d391b26034086c628469d3f9f497f08163ab9b40137092f2909e1',
          JWT_KEYS_FILE: keysFile,
        }),
      ),
    );
  const signingIdOf = (file: KeyFile) => file.keys?.signing.id;

  beforeEach(() => {
    writeStoredKeys(path, [first]);
    complaints.mockClear();
    news.mockClear();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  it('holds no keys where none is configured', async () => {
    const file = await opened('');
    await file.reread();
    expect(file.keys).toBeUndefined();
  });

  it.each([
    ['is missing', undefined, `JWT_KEYS_FILE cannot be used: ${path} cannot be read (ENOENT)`],
    ['is not JSON', 'ES256', 'JWT_KEYS_FILE cannot be used: it is not JSON'],
    ['holds no key', '{"keys":[]}', 'JWT_KEYS_FILE cannot be used: keys must hold a key'],
  ])('stops the start where the file %s', async (_case, text, message) => {
    if (text === undefined) rmSync(path);
    else writeFileSync(path, text);
    await expect(opened()).rejects.toThrow(ConfigurationError);
    await expect(opened()).rejects.toThrow(message);
  });

  it('creates a missing file in development, once', async () => {
    rmSync(path);
    const id = signingIdOf(await opened(path, 'development'));
    expect(id).toMatch(/^[\w-]{43}$/);
    expect(signingIdOf(await opened(path, 'development'))).toBe(id);
  });

  it('takes new keys when the file changes, and says so', async () => {
    const file = await opened();
    writeStoredKeys(path, [second, first]);
    expect(signingIdOf(file)).toBe(first.kid);
    await file.reread();
    expect(signingIdOf(file)).toBe(second.kid);
    expect(news).toHaveBeenCalledTimes(1);
  });

  it('says nothing while the file stays as it is', async () => {
    const file = await opened();
    const { keys } = file;
    await file.reread();
    expect(file.keys).toBe(keys);
    expect(news).not.toHaveBeenCalled();
  });

  it.each([
    ['is cut off', () => writeFileSync(path, '{"keys":[{"kid":')],
    ['is gone', () => rmSync(path)],
    ['holds a key that does not work', () => writeStoredKeys(path, [{ ...first, d: second.d }])],
  ])('goes on with the keys at hand where the file %s, and complains once', async (_case, harm) => {
    const file = await opened();
    harm();
    await file.reread();
    await file.reread();
    expect(signingIdOf(file)).toBe(first.kid);
    expect(complaints).toHaveBeenCalledTimes(1);

    writeStoredKeys(path, [second]);
    await file.reread();
    expect(signingIdOf(file)).toBe(second.kid);
    harm();
    await file.reread();
    expect(complaints).toHaveBeenCalledTimes(2);
  });

  it('writes no key to the log', async () => {
    const file = await opened();
    writeStoredKeys(path, [{ ...first, alg: 'HS256' as 'ES256' }]);
    await file.reread();
    expect(JSON.stringify([...news.mock.calls, ...complaints.mock.calls])).not.toContain(first.d);
  });
});
