/**
 * What is published differs from this repository's package.json in one thing: its `dependencies`
 * have none of the packages that `peerDependencies` name. An application must have these only once,
 * so it chooses their version. Here they stay `dependencies`, pinned: a peer that is also a
 * devDependency is not installed by `npm ci --omit=dev`, and production needs it.
 *
 * npm runs this before and after it packs: node pack/manifest.mjs publish|restore
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const MANIFEST = resolve(import.meta.dirname, '../package.json');
const KEPT = `${MANIFEST}.kept`;

// Also before it publishes, in case an earlier run was cut off.
if (existsSync(KEPT)) renameSync(KEPT, MANIFEST);
if (process.argv[2] === 'publish') {
  const text = readFileSync(MANIFEST, 'utf8');
  writeFileSync(KEPT, text);
  writeFileSync(MANIFEST, `${JSON.stringify(published(JSON.parse(text)), null, 2)}\n`);
}

function published({
  dependencies,
  peerDependencies,
  devDependencies: _,
  workspaces: __,
  ...rest
}) {
  const own = Object.entries(dependencies).filter(([name]) => !(name in peerDependencies));
  return { ...rest, dependencies: Object.fromEntries(own), peerDependencies };
}
