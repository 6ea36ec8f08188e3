import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages that a team installs, from archives or from a registry: their folders. */
export const PUBLISHED = ['.', 'packages/client', 'packages/dev-postgres', 'packages/resource'];

/** A registry shows the first two, and the licence demands the third. */
export const IN_EVERY_ARCHIVE = ['package.json', 'README.md', 'LICENSE'];

/** Files that name archives of this version. */
const NAME_ARCHIVES = [
  'docs/getting-the-packages.md',
  'examples/notes-api/package.json',
  'examples/orders-service/package.json',
];

/** What a page of a registry, and `npm repo`, `npm bugs` and `npm docs`, read. */
const MEMBERS = ['description', 'license', 'keywords', 'repository', 'homepage', 'bugs'];

/**
 * @param {string} folder the root of the repository
 * @returns {import('./release-faults.d.mts').Release} what `faultsOfRelease` looks at
 */
export function readRelease(folder) {
  const packages = readdirSync(join(folder, 'packages'))
    .map((name) => `packages/${name}`)
    .filter((name) => existsSync(join(folder, name, 'package.json')));
  const read = (name) => ({
    folder: name,
    manifest: JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')),
  });
  return {
    root: read('.'),
    packages: packages.map(read),
    changelog: readFileSync(join(folder, 'CHANGELOG.md'), 'utf8'),
    texts: NAME_ARCHIVES.map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })),
  };
}

/**
 * What is wrong with a release, as sentences; none where all packages have the version of the root,
 * name the others by it, say where they come from, and the changelog has this version as its
 * newest, as have the archives that documents and examples name.
 *
 * @param {import('./release-faults.d.mts').Release} release
 * @returns {string[]}
 */
export function faultsOfRelease({ root, packages, changelog, texts }) {
  const { version } = root.manifest;
  return [
    ...[root, ...packages].flatMap((one) => [
      ...faultsOfVersions(one, version),
      ...(PUBLISHED.includes(one.folder) ? faultsOfMembers(one) : []),
    ]),
    ...faultsOfChangelog(changelog, version),
    ...texts.flatMap((one) => faultsOfArchiveNames(one, version)),
  ];
}

/**
 * @param {string} name of the package
 * @param {readonly string[]} files the paths in its archive
 * @returns {string[]} a sentence for each file that is missing
 */
export function faultsOfArchive(name, files) {
  return IN_EVERY_ARCHIVE.filter((file) => !files.includes(file)).map(
    (file) => `The archive of ${name} has no ${file}.`,
  );
}

function faultsOfVersions({ manifest }, version) {
  const { name, dependencies, peerDependencies, devDependencies } = manifest;
  const ours = Object.entries({ ...dependencies, ...devDependencies, ...peerDependencies }).filter(
    ([other]) => other === 'evergreen-auth' || other.startsWith('@evergreen-auth/'),
  );
  return [
    ...(manifest.version === version
      ? []
      : [`${name} has the version ${manifest.version}, not ${version}.`]),
    ...ours
      .filter(([, range]) => range !== version)
      .map(([other, range]) => `${name} needs ${other} in version ${range}, not ${version}.`),
  ];
}

function faultsOfMembers({ folder, manifest }) {
  const missing = MEMBERS.filter((member) => !manifest[member]?.length && !manifest[member]?.url);
  const directory = folder === '.' ? undefined : folder;
  return [
    ...missing.map((member) => `${manifest.name} has no ${member} in its package.json.`),
    ...(manifest.repository?.directory === directory
      ? []
      : [`${manifest.name} does not say that it is in ${folder} of its repository.`]),
  ];
}

function faultsOfChangelog(changelog, version) {
  const [, newest] = /^## \[?(\d+\.\d+\.\d+)\]? — \d{4}-\d{2}-\d{2}$/m.exec(changelog) ?? [];
  return newest === version
    ? []
    : [`The newest version in CHANGELOG.md is ${newest ?? 'none'}, not ${version}.`];
}

function faultsOfArchiveNames({ path, text }, version) {
  const names = [...text.matchAll(/evergreen-auth(?:-[a-z-]+)?-(\d+\.\d+\.\d+)\.tgz/g)];
  return names
    .filter(([, named]) => named !== version)
    .map(([name]) => `${path} names ${name}, which is not of version ${version}.`);
}
