import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Packs the package in a folder as it is published, and unpacks it into the `node_modules` of the
 * application in another folder. Returns the names of the archive and of the package's folder there.
 */
export function unpackInto(app, packageFolder) {
  const { name } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  const modules = join(app, 'node_modules');
  const folder = join(modules, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pack = ['pack', '--json', '--pack-destination', modules];
  const packed = execFileSync('npm', pack, { cwd: packageFolder, encoding: 'utf8' });
  const [{ filename }] = JSON.parse(packed);
  const archive = join(modules, filename);
  execFileSync('tar', ['-xf', archive, '--strip-components=1', '-C', folder]);
  rmSync(archive);
  return { filename, folder };
}
