/**
 * How large the doors are as an application's bundler leaves them, minified and gzipped. Prints the
 * table, or JSON with `--json`, and fails above a limit: npm run sizes -w @evergreen-auth/resource
 */
import { checkSizes } from '../../../test/packages/sizes.mjs';

const KIB = 1024;
/** What every application of these frameworks has. */
const external = ['@nestjs/*', 'fastify'];
const DOORS = [
  { name: 'core', code: `export * from '@evergreen-auth/resource'`, limit: 11 * KIB, external },
  {
    name: 'express',
    code: `export * from '@evergreen-auth/resource/express'`,
    limit: 4.5 * KIB,
    external,
  },
  {
    name: 'fastify',
    code: `export * from '@evergreen-auth/resource/fastify'`,
    limit: 4.5 * KIB,
    external,
  },
  { name: 'nest', code: `export * from '@evergreen-auth/resource/nest'`, limit: 5 * KIB, external },
];

await checkSizes(DOORS, { folder: import.meta.dirname, platform: 'node' });
