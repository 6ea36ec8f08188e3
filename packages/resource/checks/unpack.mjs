import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PACKAGE = resolve(import.meta.dirname, '..');

/**
 * Packs this package as it is published, and unpacks it into the `node_modules` of the application
 * in this folder. Returns the names of the archive and of the package's folder.
 */
export function unpackInto(app) {
  const modules = join(app, 'node_modules');
  const folder = join(modules, '@evergreen-auth/resource');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pack = ['pack', '--json', '--pack-destination', modules];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: PACKAGE, encoding: 'utf8' }));
  const archive = join(modules, filename);
  execFileSync('tar', ['-xf', archive, '--strip-components=1', '-C', folder]);
  rmSync(archive);
  return { filename, folder };
}
