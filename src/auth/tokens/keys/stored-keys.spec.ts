import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newKey } from './new-key.js';
import { KeyFileError, parseStoredKeys, writeStoredKeys } from './stored-keys.js';

const key = newKey(new Date());
const publicHalf = { ...key, d: undefined };
const textOf = (...keys: readonly object[]) => JSON.stringify({ keys });

describe('parseStoredKeys', () => {
  it('reads keys in their order, with members that it does not know', () => {
    const other = { ...newKey(new Date()), note: 'of the second region' };
    expect(parseStoredKeys(textOf(key, other))).toEqual([key, other]);
  });

  it('takes keys without a private part, and keys made by other tools, without dates', () => {
    const { created_at: _, use: __, ...plain } = newKey(new Date());
    expect(parseStoredKeys(textOf(plain, publicHalf))).toHaveLength(2);
  });

  it.each([
    ['', 'it is not JSON'],
    ['{"keys":[', 'it is not JSON'],
    ['null', 'it must be an object'],
    ['[]', 'it must be an object'],
    ['{}', 'keys must be a list'],
    ['{"keys":{}}', 'keys must be a list'],
    ['{"keys":[]}', 'keys must hold a key'],
    [textOf(key, key), 'keys must not repeat a kid'],
    [textOf(publicHalf), 'keys.0.d is missing, and the first key signs'],
    [textOf(publicHalf, newKey(new Date())), 'keys.0.d is missing, and the first key signs'],
    [textOf({ ...key, kid: undefined }), 'keys.0.kid is missing'],
    [textOf({ ...key, kid: '' }), 'keys.0.kid is missing'],
    [textOf(key, { ...key, kid: 'b', crv: 'P-384' }), 'keys.1.crv must be P-256'],
    [textOf({ ...key, kty: 'oct' }), 'keys.0.kty must be EC'],
    [textOf({ ...key, alg: 'HS256' }), 'keys.0.alg must be ES256'],
    [textOf({ ...key, alg: undefined }), 'keys.0.alg must be ES256'],
    [textOf({ ...key, use: 'enc' }), 'keys.0.use must be sig'],
    [textOf({ ...key, x: undefined }), 'keys.0.x is missing'],
    [textOf({ ...key, y: 'AA' }), 'keys.0.y must be 32 bytes in base64url'],
    [textOf({ ...key, d: `${key.d}=` }), 'keys.0.d must be 32 bytes in base64url'],
    [
      textOf({ ...key, created_at: 'yesterday' }),
      'keys.0.created_at must be an instant such as 2026-01-31T12:00:00Z',
    ],
    [
      textOf({ ...key, alg: 'RS256', crv: 'P-521' }),
      'keys.0.alg must be ES256, keys.0.crv must be P-256',
    ],
  ])('says what is wrong with %s', (text, reason) => {
    expect(() => parseStoredKeys(text)).toThrow(new KeyFileError(reason));
  });
});

describe('writeStoredKeys', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-keys-'));
    file = join(folder, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes what can be read again, for its owner alone', () => {
    writeStoredKeys(file, [key]);
    expect(parseStoredKeys(readFileSync(file, 'utf8'))).toEqual([key]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('puts a new file in the place of the old one, and leaves nothing beside it', () => {
    writeStoredKeys(file, [key]);
    const { ino } = statSync(file);
    writeStoredKeys(file, [newKey(new Date())]);
    expect(statSync(file).ino).not.toBe(ino);
    expect(readdirSync(folder)).toEqual(['keys.json']);
  });

  it('follows a link to the file', () => {
    writeStoredKeys(file, [key]);
    symlinkSync(file, join(folder, 'link.json'));
    const next = newKey(new Date());
    writeStoredKeys(join(folder, 'link.json'), [next]);
    expect(parseStoredKeys(readFileSync(file, 'utf8'))).toEqual([next]);
  });

  it('leaves nothing behind where it cannot write', () => {
    expect(() => writeStoredKeys(join(folder, 'absent', 'keys.json'), [key])).toThrow(/ENOENT/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
