import { defineConfig, type Options } from 'tsup';

const options: Options = {
  target: 'es2022',
  sourcemap: true,
  // The shapes and rules that server and clients share are no package of their own.
  noExternal: ['#protocol'],
};

export default defineConfig([
  {
    ...options,
    format: ['esm', 'cjs'],
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    entry: {
      index: 'src/index.ts',
      express: 'src/express/index.ts',
      fastify: 'src/fastify/index.ts',
      nest: 'src/nest/index.ts',
    },
  },
  // A program, so nobody imports it.
  {
    ...options,
    format: ['esm'],
    entry: { 'evergreen-resource': 'src/side-car/side-car.command.ts' },
  },
]);
