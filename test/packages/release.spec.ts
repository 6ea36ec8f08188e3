import { resolve } from 'node:path';
import type { Manifest, Release } from '../../pack/release-faults.mjs';
import { faultsOfArchive, faultsOfRelease, readRelease } from '../../pack/release-faults.mjs';

const RELEASE = readRelease(resolve(__dirname, '../..'));

/** The release, with one package changed. */
function withChanged(name: string, members: Partial<Manifest>): Release {
  return {
    ...RELEASE,
    packages: RELEASE.packages.map((one) =>
      one.manifest.name === name ? { ...one, manifest: { ...one.manifest, ...members } } : one,
    ),
  };
}

describe('faultsOfRelease', () => {
  it('finds none in this repository', () => {
    expect(faultsOfRelease(RELEASE)).toEqual([]);
    expect(RELEASE.packages.length).toBeGreaterThanOrEqual(4);
  });

  it('finds a package that has another version, and one that needs another one', () => {
    const { version } = RELEASE.root.manifest;
    expect(faultsOfRelease(withChanged('@evergreen-auth/client', { version: '0.0.9' }))).toEqual([
      `@evergreen-auth/client has the version 0.0.9, not ${version}.`,
    ]);
    const peerDependencies = { 'evergreen-auth': '^0.0.9' };
    expect(faultsOfRelease(withChanged('@evergreen-auth/resource', { peerDependencies }))).toEqual([
      `@evergreen-auth/resource needs evergreen-auth in version ^0.0.9, not ${version}.`,
    ]);
  });

  it('finds a manifest that does not say what a registry shows', () => {
    const manifest = {
      keywords: [],
      bugs: undefined,
      repository: { url: 'git+https://a.example' },
    };
    expect(faultsOfRelease(withChanged('@evergreen-auth/resource', manifest))).toEqual([
      '@evergreen-auth/resource has no keywords in its package.json.',
      '@evergreen-auth/resource has no bugs in its package.json.',
      '@evergreen-auth/resource does not say that it is in packages/resource of its repository.',
    ]);
  });

  it('finds a changelog that does not begin with this version', () => {
    const { version } = RELEASE.root.manifest;
    const changelog = `# Changelog\n\n## 0.0.9 — 2026-01-01\n\n## ${version} — 2026-01-02\n`;
    expect(faultsOfRelease({ ...RELEASE, changelog })).toEqual([
      `The newest version in CHANGELOG.md is 0.0.9, not ${version}.`,
    ]);
  });

  it('finds a document that names an archive of another version', () => {
    const { version } = RELEASE.root.manifest;
    const texts = [{ path: 'a.md', text: 'npm install ./evergreen-auth-client-0.0.9.tgz' }];
    expect(faultsOfRelease({ ...RELEASE, texts })).toEqual([
      `a.md names evergreen-auth-client-0.0.9.tgz, which is not of version ${version}.`,
    ]);
  });
});

describe('faultsOfArchive', () => {
  it('finds a licence that is missing', () => {
    expect(faultsOfArchive('a', ['package.json', 'README.md', 'dist/index.js'])).toEqual([
      'The archive of a has no LICENSE.',
    ]);
    expect(faultsOfArchive('a', ['package.json', 'README.md', 'LICENSE'])).toEqual([]);
  });
});
