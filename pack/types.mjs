/**
 * Writes the types of the package, dist/public.d.ts: what src/index.ts exports, and what that needs.
 * The declarations beside the compiled files name all of the inside, with types of `pg` and
 * `passport`, whose declarations an application does not have. Needs the build: node pack/types.mjs
 */
import { build } from 'tsup';

await build({
  config: false,
  silent: true,
  entry: { public: 'dist/index.d.ts' },
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
