/**
 * The package as it is published, in an application of somebody else's: packed and unpacked,
 * imported and required in Node, type-checked, and built into a page by Vite. Needs the build: npm
 * run tarball -w @evergreen-auth/client
 */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'vite';
import { unpackInto } from '../../../test/packages/unpack.mjs';

const PACKAGE = resolve(import.meta.dirname, '..');
const TYPE_TESTS = join(PACKAGE, 'test/types');
const RECIPE = 'recipes/hardware-keys.ts';
const INSTALLED = resolve(PACKAGE, '../../node_modules');
const app = mkdtempSync(join(tmpdir(), 'evergreen-client-'));
const run = (command, args, cwd = app) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

const USE = `
const client = createAuthClient({ baseUrl: 'https://api.example.com', fetch: async () => new Response('', { status: 503 }) });
await client.ready();
if (client.getSnapshot().status !== 'unauthenticated') throw new Error('Nobody has signed in.');
client.dispose();
`;

try {
  const { filename, folder: target } = unpackInto(app, PACKAGE);
  for (const peer of ['axios', 'react', '@types'])
    symlinkSync(join(INSTALLED, peer), join(app, 'node_modules', peer));

  writeFileSync(join(app, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(app, 'app.mjs'),
    `import { createAuthClient } from '@evergreen-auth/client';${USE}`,
  );
  writeFileSync(
    join(app, 'app.cjs'),
    `const { createAuthClient } = require('@evergreen-auth/client');(async () => {${USE}})();`,
  );
  writeFileSync(
    join(app, 'app.ts'),
    `import { createAuthClient, type Snapshot } from '@evergreen-auth/client';
import { keepAccessCookie } from '@evergreen-auth/client/access-cookie';
import { forgotPassword } from '@evergreen-auth/client/account';
import { attachAuth } from '@evergreen-auth/client/axios';
import { createBinding } from '@evergreen-auth/client/binding';
import { messageFor } from '@evergreen-auth/client/messages';
import { AuthProvider } from '@evergreen-auth/client/react';
import { keychainStorage } from '@evergreen-auth/client/react-native';
import { sessionFrom } from '@evergreen-auth/client/server';
import { createFakeServer } from '@evergreen-auth/client/testing';
export const snapshot: Snapshot = createAuthClient().getSnapshot();
export { keepAccessCookie, forgotPassword, attachAuth, createBinding, messageFor, AuthProvider, keychainStorage, sessionFrom, createFakeServer };`,
  );
  writeFileSync(join(app, 'index.html'), '<script type="module" src="/page.js"></script>');
  writeFileSync(
    join(app, 'page.js'),
    `import { createAuthClient } from '@evergreen-auth/client';globalThis.client = createAuthClient();`,
  );

  for (const door of ['react.js', 'react.cjs']) {
    const code = readFileSync(join(target, 'dist', door), 'utf8');
    // Else frameworks that render on servers take it for their side.
    if (!/^("use strict";)?"use client";/.test(code))
      throw new Error(`${door} does not begin with "use client".`);
  }
  run(process.execPath, ['app.mjs']);
  run(process.execPath, ['app.cjs']);
  const typeTests = readdirSync(TYPE_TESTS).filter((file) => file.endsWith('.ts'));
  // As they lie in the repository, since one imports the recipe of an app's key.
  for (const file of [...typeTests.map((test) => join('types', test)), RECIPE]) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    copyFileSync(join(PACKAGE, 'test', file), join(app, file));
  }
  const types = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--jsx',
    'react-jsx',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
  ];
  for (const module of ['node20', 'esnext']) {
    run(join(INSTALLED, '.bin/tsc'), [
      ...types,
      '--module',
      module,
      '--moduleResolution',
      module === 'esnext' ? 'bundler' : 'nodenext',
      'app.ts',
      ...typeTests.map((test) => join('types', test)),
    ]);
  }
  await build({ root: app, logLevel: 'warn' });
  const [script] = readdirSync(join(app, 'dist/assets'));
  if (!readFileSync(join(app, 'dist/assets', script), 'utf8').includes('/api/auth/refresh'))
    throw new Error('Vite left the client out.');
  console.log(
    `${filename} works in Node (ESM and CommonJS), in TypeScript, and in a page built by Vite.`,
  );
} finally {
  rmSync(app, { recursive: true });
}
