import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePrivateFile } from './private-file.js';

const itAsRoot = process.getuid?.() === 0 ? it : it.skip;

describe('writePrivateFile', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-file-'));
    file = join(folder, 'secret');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('writes for the owner alone, also where everybody could read what was there', () => {
    writePrivateFile(file, 'one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o644);
    writePrivateFile(file, 'two');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).toBe('two');
    expect(readdirSync(folder)).toEqual(['secret']);
  });

  it('writes behind a link, which stays', () => {
    const link = join(folder, 'link');
    writeFileSync(file, 'one');
    symlinkSync(file, link);
    writePrivateFile(link, 'two');
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('two');
  });

  it('leaves nothing behind where it fails', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => writePrivateFile(join(folder, 'file', 'secret'), 'x')).toThrow(/ENOTDIR/);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  itAsRoot('leaves the owner of a file as it was', () => {
    writeFileSync(file, 'one');
    chownSync(file, 12_345, 12_345);
    writePrivateFile(file, 'two');
    expect(statSync(file)).toMatchObject({ uid: 12_345, gid: 12_345 });
  });
});
