/**
 * Who may import whom. `npm run architecture` checks it; test/architecture plants a violation of
 * every rule. See STYLE.md.
 */

const SPEC = '[.]spec[.]ts$';

/** A package, wherever it is installed. */
const packages = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

const HTTP_PACKAGES = packages(
  'fastify',
  '@fastify/[^/]+',
  '@nestjs/platform-fastify',
  '@nestjs/swagger',
  'light-my-request',
);
const DATABASE_PACKAGES = packages('typeorm', 'pg', 'pg-[^/]+', '@nestjs/typeorm');

/** What is gone once TypeScript has compiled: a name for a shape, and no code. */
const TYPE_ONLY = ['type-only'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    // Enter by the door.
    {
      name: 'feature-by-its-door',
      comment:
        'An outsider of a feature imports its index.ts; what that does not export is the business of the feature.',
      severity: 'error',
      from: { path: '^src/([^/]+)', pathNot: SPEC },
      to: {
        path: '^src/(activity|admin|auth|mail|other-services|personal-data|sessions|users)/',
        pathNot: ['^src/$1/', '^src/[^/]+/index[.]ts$'],
      },
    },
    {
      name: 'platform-by-its-doors',
      comment:
        'An outsider of an area of the platform imports its index.ts. platform.module.ts puts the areas together and may reach inside.',
      severity: 'error',
      from: {
        path: '^src/(platform/[^/]+|[^/]+)',
        pathNot: [SPEC, '^src/platform/platform[.]module[.]ts$'],
      },
      to: {
        path: '^src/platform/[^/]+/',
        pathNot: ['^src/$1/', '^src/platform/[^/]+/index[.]ts$'],
      },
    },

    // Direction: admin, then auth, then sessions, then users, then platform. Activity stands aside
    // and listens.
    {
      name: 'sessions-know-no-auth',
      severity: 'error',
      from: { path: '^src/sessions/' },
      to: { path: '^src/auth/' },
    },
    {
      name: 'users-know-neither-auth-nor-sessions',
      severity: 'error',
      from: { path: '^src/users/' },
      to: { path: '^src/(auth|sessions)/' },
    },
    {
      name: 'features-know-no-activity',
      comment:
        'They tell the bus in platform/events what has happened, and not who is to make something of it.',
      severity: 'error',
      from: { path: '^src/(auth|sessions|users)/' },
      to: { path: '^src/activity/' },
    },
    {
      name: 'mail-knows-no-feature',
      comment: 'Features say what is to be sent, and to whom; mail sends it.',
      severity: 'error',
      from: { path: '^src/mail/' },
      to: { path: '^src/(activity|admin|auth|sessions|users)/' },
    },
    {
      name: 'activity-knows-no-feature',
      comment: 'It lives on what the bus tells.',
      severity: 'error',
      from: { path: '^src/activity/' },
      to: { path: '^src/(admin|auth|sessions|users)/' },
    },
    {
      name: 'features-know-no-admin',
      comment: 'Operators use what is there for users; nothing is there for them alone.',
      severity: 'error',
      from: { path: '^src/(auth|sessions|users)/' },
      to: { path: '^src/admin/' },
    },
    {
      name: 'features-know-no-personal-data',
      comment: 'It reads the tables of all features, and none of them needs it.',
      severity: 'error',
      from: { path: '^src/(activity|admin|auth|mail|sessions|users)/' },
      to: { path: '^src/personal-data/' },
    },
    {
      name: 'features-know-no-other-services',
      comment: 'Other services are told what there is for users; nothing is there for them alone.',
      severity: 'error',
      from: { path: '^src/(activity|admin|auth|mail|personal-data|sessions|users)/' },
      to: { path: '^src/other-services/' },
    },
    {
      name: 'platform-knows-no-feature',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^src/(?!platform/)[^/]+/' },
    },
    {
      name: 'errors-know-no-platform',
      comment:
        'Every other area of the platform may say what went wrong, so errors need none of them.',
      severity: 'error',
      from: { path: '^src/platform/errors/', pathNot: SPEC },
      to: { path: '^src/platform/(?!errors/)' },
    },
    {
      name: 'nobody-imports-the-application',
      comment:
        'main.ts and app.*.ts put the folders together, so no folder knows of them but testing, which starts the application.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: [SPEC, '^src/testing/'] },
      to: { path: '^src/[^/]+[.]ts$' },
    },

    {
      name: 'console-knows-the-client-alone',
      comment: 'It is the living example of the client, and can do what every application can.',
      severity: 'error',
      from: { path: '^console/', pathNot: SPEC },
      to: { path: '^(src|packages)/', pathNot: '^packages/client/' },
    },

    {
      name: 'lab-knows-the-protocol-alone',
      comment:
        'It shows the rules of rotation in the colours of the console, and works without server and client.',
      severity: 'error',
      from: { path: '^docs/lab/', pathNot: SPEC },
      to: {
        path: '^(src|packages|console)/',
        pathNot: ['^packages/protocol/', '^console/src/theme/theme[.]css$'],
      },
    },
    {
      name: 'nobody-imports-the-lab',
      comment: 'It is a page. Tests read its scenarios as files.',
      severity: 'error',
      from: { pathNot: '^docs/lab/' },
      to: { path: '^docs/lab/' },
    },
    {
      name: 'lab-rules-know-no-page',
      comment: 'What a history comes to can be read, and tested, without a browser.',
      severity: 'error',
      from: { path: '^docs/lab/src/(?!page/|main[.]tsx$)', pathNot: SPEC },
      to: { path: ['^docs/lab/src/(page/|main[.]tsx$)', '(^|/)node_modules/'] },
    },
    {
      name: 'reference-knows-the-client-alone',
      comment: 'It is a page like any other, in the colours of the console.',
      severity: 'error',
      from: { path: '^docs/reference/', pathNot: SPEC },
      to: {
        path: '^(src|packages|console)/',
        pathNot: ['^packages/client/', '^console/src/(theme/theme[.]css|icon[.]svg)$'],
      },
    },

    // Who knows what.
    {
      name: 'session-policy-is-pure',
      comment: 'What counts as unusual can be read, and tested, without anything else.',
      severity: 'error',
      from: { path: '^src/sessions/policy/', pathNot: SPEC },
      to: { pathNot: '^src/sessions/policy/' },
    },
    {
      name: 'activity-policy-is-pure',
      comment: 'What counts as unusual can be read, and tested, without anything else.',
      severity: 'error',
      from: { path: '^src/activity/policy/', pathNot: SPEC },
      to: { pathNot: '^src/activity/policy/' },
    },
    {
      name: 'mail-policy-is-pure',
      comment: 'When a mail is tried again can be read, and tested, without a clock.',
      severity: 'error',
      from: { path: '^src/mail/policy/', pathNot: SPEC },
      to: { pathNot: '^src/mail/policy/' },
    },
    {
      name: 'sessions-know-no-http',
      comment: 'Its controller and the DTOs are all of HTTP that sessions have.',
      severity: 'error',
      from: { path: '^src/sessions/', pathNot: [SPEC, '[.](controller|dto)[.]ts$'] },
      to: { path: [HTTP_PACKAGES, '^src/platform/http/'] },
    },
    {
      name: 'tokens-know-no-http',
      comment:
        'Tokens are signed and read without a request. The type of who makes one is no more than a shape.',
      severity: 'error',
      from: { path: '^src/auth/tokens/', pathNot: SPEC },
      to: { path: [HTTP_PACKAGES, '^src/auth/(?!tokens/)'] },
    },
    {
      name: 'tokens-know-http-by-type-alone',
      severity: 'error',
      from: { path: '^src/auth/tokens/', pathNot: SPEC },
      to: { path: '^src/platform/(caller|errors|http)/', dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'tokens-know-no-database',
      severity: 'error',
      from: { path: '^src/auth/tokens/', pathNot: SPEC },
      to: { path: [DATABASE_PACKAGES, '^src/platform/database/'] },
    },
    {
      name: 'tokens-know-features-by-type-alone',
      comment: 'What sessions and users run brings the database along.',
      severity: 'error',
      from: { path: '^src/auth/tokens/', pathNot: SPEC },
      to: { path: '^src/(sessions|users)/', dependencyTypesNot: TYPE_ONLY },
    },
    {
      name: 'possession-is-proven-without-state',
      comment:
        'A proof of possession is checked before anything is read, and can be tested without a request.',
      severity: 'error',
      from: { path: '^src/auth/proof-of-possession/', pathNot: SPEC },
      to: {
        path: [
          HTTP_PACKAGES,
          DATABASE_PACKAGES,
          '^src/platform/(http|database)/',
          '^src/(sessions|users)/',
          '^src/auth/(?!proof-of-possession/|tokens/)',
        ],
      },
    },

    // The client.
    {
      name: 'client-knows-no-server',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: SPEC },
      to: { path: ['^(src|test|dist|console)/', '^ormconfig[.]ts$'] },
    },
    {
      name: 'client-core-knows-only-itself',
      comment:
        'It runs in browsers, in React Native and in Node, so it imports no package and nothing of any platform.',
      severity: 'error',
      from: { path: '^packages/client/src/core/', pathNot: SPEC },
      to: { pathNot: ['^packages/client/src/core/', '^packages/protocol/'] },
    },
    {
      name: 'client-knows-the-protocol-by-type-alone',
      comment: 'A page does not load the rules of the server. The fake server of tests keeps them.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: [SPEC, '^packages/client/src/testing/'] },
      to: { path: '^packages/protocol/', dependencyTypesNot: TYPE_ONLY },
    },

    // The verifier of other services.
    {
      name: 'resource-knows-the-protocol-alone',
      comment:
        'It runs in services of other teams, which have neither server nor client. The protocol is bundled into it.',
      severity: 'error',
      from: { path: '^packages/resource/src/', pathNot: SPEC },
      to: {
        path: ['^(src|test|dist|console|docs|bench)/', '^packages/(?!(resource|protocol)/)'],
      },
    },
    {
      name: 'resource-adapters-know-frameworks-alone',
      comment: 'Its adapters use the framework that an application has; nothing else is installed.',
      severity: 'error',
      from: { path: '^packages/resource/src/(express|fastify|nest)/', pathNot: SPEC },
      to: {
        path: '(^|/)node_modules/',
        pathNot: packages('@nestjs/common', '@nestjs/core', 'fastify'),
      },
    },
    {
      name: 'resource-core-imports-no-package',
      comment: 'A service that uses another framework, or none, needs no other package.',
      severity: 'error',
      from: { path: '^packages/resource/src/(?!(express|fastify|nest)/)', pathNot: SPEC },
      to: { path: ['(^|/)node_modules/', '^packages/resource/src/(express|fastify|nest)/'] },
    },

    // What both sides have in common.
    {
      name: 'protocol-imports-nothing',
      comment:
        'It is compiled into the server and bundled into the client, so it needs neither of them, and no package.',
      severity: 'error',
      from: { path: '^packages/protocol/src/', pathNot: SPEC },
      to: { pathNot: '^packages/protocol/src/' },
    },
    {
      name: 'protocol-by-its-door',
      severity: 'error',
      from: { pathNot: '^packages/protocol/src/' },
      to: { path: '^packages/protocol/src/', pathNot: '^packages/protocol/src/index[.]ts$' },
    },

    // The PostgreSQL of development. The server looks for it when it runs, by its name alone.
    {
      name: 'dev-postgres-knows-no-server',
      comment: 'It runs before there is a configuration, and for programs of other kinds.',
      severity: 'error',
      from: { path: '^packages/dev-postgres/src/', pathNot: SPEC },
      to: { path: ['^(src|test|dist|console)/', '^packages/(?!dev-postgres/)'] },
    },

    // Everywhere.
    {
      name: 'server-stands-alone',
      comment:
        'The server runs without what tests, builds and deploys it, and without its clients. The protocol is compiled into it.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: {
        path: [
          '^(test|console|bench|deploy|docs)/',
          '^packages/(?!protocol/)',
          '^[^/]+[.](ts|js|cjs|mjs)$',
        ],
      },
    },
    {
      name: 'nobody-imports-a-build',
      severity: 'error',
      from: {},
      to: { path: '(^|/)dist/', pathNot: '(^|/)node_modules/' },
    },
    {
      name: 'no-development-dependency',
      comment: 'It is not there in production.',
      severity: 'error',
      from: { path: '^src/', pathNot: SPEC },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['npm', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'no-undeclared-dependency',
      comment: 'It is there by chance, because some other package needs it.',
      severity: 'error',
      from: { path: '^(src|packages/[^/]+/src)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'nothing-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-cycle-of-folders',
      comment:
        'Two folders that need each other are one, whatever their files are called. ' +
        'Tests stand beside the code and need all of the application, so only what src imports of itself counts.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/' },
      to: { path: '^src/', circular: true },
    },
    {
      name: 'no-orphan',
      comment: 'It imports nothing and nobody imports it.',
      severity: 'error',
      // A command is a program: npm starts it.
      from: { orphan: true, pathNot: '[.](d|command)[.]ts$' },
      to: {},
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count, too.
    tsPreCompilationDeps: true,
    // A package of the workspace declares what it needs itself.
    combinedDependencies: true,
    // Most packages have both forms; some, such as uuid, are ES modules only.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
    doNotFollow: { path: ['(^|/)node_modules/', '(^|/)dist/'] },
  },
};
