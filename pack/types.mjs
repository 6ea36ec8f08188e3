/**
 * Writes the types of the package, a file public.d.ts for each of its doors: what that door exports,
 * and what this needs. What both need is in a third file, dist/*.d-*.d.ts.
 * The declarations beside the compiled files name all of the inside, with types of `pg` and
 * `passport`, whose declarations an application does not have. Needs the build: node pack/types.mjs
 */
import { build } from 'tsup';

await build({
  config: false,
  silent: true,
  entry: { public: 'dist/index.d.ts', 'testing/public': 'dist/testing/index.d.ts' },
  outDir: 'dist',
  format: 'esm',
  tsconfig: 'tsconfig.build.json',
  dts: {
    only: true,
    compilerOptions: {
      rootDir: '.',
      paths: { '#protocol': ['./dist/protocol/index.d.ts'] },
      ignoreDeprecations: '6.0',
    },
  },
});
