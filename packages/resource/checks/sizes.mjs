/**
 * How large the doors are as an application's bundler leaves them, minified and gzipped. Prints the
 * table, or JSON with `--json`, and fails above a limit: npm run sizes -w @evergreen-auth/resource
 */
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const KIB = 1024;
const DOORS = [
  { name: 'core', code: `export * from '@evergreen-auth/resource'`, limit: 11 * KIB },
  { name: 'express', code: `export * from '@evergreen-auth/resource/express'`, limit: 4.5 * KIB },
  { name: 'fastify', code: `export * from '@evergreen-auth/resource/fastify'`, limit: 4.5 * KIB },
  { name: 'nest', code: `export * from '@evergreen-auth/resource/nest'`, limit: 5 * KIB },
];

const sizes = [];
for (const { name, code, limit } of DOORS) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: import.meta.dirname },
    // The doors as they are published, not as our own tests find them.
    tsconfigRaw: {},
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    external: ['@nestjs/*', 'fastify'],
    write: false,
  });
  const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
  sizes.push({ door: name, bytes, limit });
}
const isTooLarge = ({ bytes, limit }) => bytes > limit;
console.log(
  process.argv.includes('--json') ? JSON.stringify(sizes) : sizes.map(inWords).join('\n'),
);
process.exitCode = sizes.some(isTooLarge) ? 1 : 0;

function inWords(size) {
  const verdict = isTooLarge(size) ? 'TOO LARGE' : '';
  return `${size.door.padEnd(8)} ${String(size.bytes).padStart(6)} bytes of ${size.limit} ${verdict}`;
}
