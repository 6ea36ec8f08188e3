/**
 * What a page pays for the client: each door as an application's bundler leaves it, minified and
 * gzipped, without what it has anyway. Prints the table, or JSON with `--json`, and fails above a
 * limit: npm run sizes -w @evergreen-auth/client
 */
import { checkSizes } from '../../../test/packages/sizes.mjs';

const KIB = 1024;
/** What the doors have in common. */
const CORE = './chunk-*';
const DOORS = [
  {
    name: 'core',
    code: `export { createAuthClient } from '@evergreen-auth/client'`,
    limit: 7.875 * KIB,
  },
  {
    name: 'account',
    code: `export * from '@evergreen-auth/client/account'`,
    limit: 0.625 * KIB,
    external: [CORE],
  },
  {
    name: 'axios',
    code: `export * from '@evergreen-auth/client/axios'`,
    limit: KIB,
    external: ['axios', CORE],
  },
  {
    name: 'react',
    code: `export * from '@evergreen-auth/client/react'`,
    limit: 1.5 * KIB,
    external: ['react', CORE],
  },
  {
    name: 'server',
    code: `export * from '@evergreen-auth/client/server'`,
    limit: 1.25 * KIB,
  },
  {
    name: 'access-cookie',
    code: `export * from '@evergreen-auth/client/access-cookie'`,
    limit: KIB / 2,
  },
  {
    name: 'binding',
    code: `export { createBinding } from '@evergreen-auth/client/binding'`,
    limit: 1.35 * KIB,
    external: [CORE],
  },
  {
    name: 'messages',
    code: `export * from '@evergreen-auth/client/messages'`,
    limit: 2 * KIB,
  },
  { name: 'bare import', code: `import '@evergreen-auth/client'`, limit: 100 },
];

await checkSizes(DOORS, { folder: import.meta.dirname });
