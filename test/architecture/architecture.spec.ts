import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly rule: { readonly name: string };
      readonly from: string;
      readonly to: string;
    }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] };
  };
}

const REPOSITORY = resolve(__dirname, '../..');

/** A tree in miniature, sound but for what is planted below: each file with what it imports. */
const SOUND: Readonly<Record<string, readonly string[]>> = {
  'console/src/main.tsx': ['../../packages/client/src/core/session.js', './app.js'],
  'console/src/app.tsx': [],
  'docs/lab/src/main.tsx': ['preact', './page/lab.js'],
  'docs/lab/src/page/lab.ts': ['../rules/rule.js'],
  'docs/lab/src/rules/rule.ts': ['#protocol'],
  'docs/reference/src/page.ts': ['../../../packages/client/src/core/session.js'],
  'src/main.ts': ['./app.module.js'],
  'src/app.module.ts': [
    './activity/index.js',
    './admin/index.js',
    './auth/index.js',
    './mail/index.js',
    './other-services/index.js',
    './personal-data/index.js',
    './sessions/index.js',
    './users/index.js',
    './platform/platform.module.js',
  ],
  'src/admin.command.ts': ['commander', './admin/index.js', './app.module.js'],
  'src/admin/index.ts': ['./admin.service.js'],
  'src/admin/admin.service.ts': [
    '../activity/index.js',
    '../auth/index.js',
    '../sessions/index.js',
    '../users/index.js',
    '../platform/clock/index.js',
  ],
  'src/other-services/index.ts': ['./feed.controller.js'],
  'src/other-services/feed.controller.ts': ['../auth/index.js', '../sessions/index.js'],
  'src/personal-data/index.ts': ['./account-export.js'],
  'src/personal-data/account-export.ts': ['../platform/clock/index.js'],
  'src/activity/index.ts': ['./recorder.js'],
  'src/activity/recorder.ts': [
    '@nestjs/event-emitter',
    '../platform/clock/index.js',
    './policy/sign-in-anomalies.js',
  ],
  'src/activity/policy/sign-in-anomalies.ts': [],
  'src/auth/index.ts': ['./auth.controller.js'],
  'src/auth/auth.controller.ts': [
    'fastify',
    '../mail/index.js',
    '../sessions/index.js',
    '../users/index.js',
    '../platform/http/index.js',
    './tokens/signer.js',
  ],
  'src/auth/tokens/signer.ts': [
    'node:crypto',
    'lru-cache',
    'type ../../sessions/index.js',
    'type ../../platform/caller/index.js',
  ],
  'src/auth/proof-of-possession/check-proof.ts': ['node:crypto', '../tokens/signer.js'],
  'src/mail/index.ts': ['./outbox.js'],
  'src/mail/outbox.ts': ['typeorm', '../platform/clock/index.js', './policy/attempts.js'],
  'src/mail/policy/attempts.ts': [],
  'src/sessions/index.ts': ['./sessions.service.js', './sessions.controller.js'],
  'src/sessions/sessions.controller.ts': ['@nestjs/swagger', '../platform/http/index.js'],
  'src/sessions/sessions.service.ts': [
    'typeorm',
    '../users/index.js',
    '../platform/clock/index.js',
    '#protocol',
    './policy/anomalies.js',
  ],
  'src/sessions/policy/anomalies.ts': ['./thresholds.js'],
  'src/sessions/policy/thresholds.ts': [],
  'src/sessions/policy/anomalies.spec.ts': [
    'node:assert',
    '../../platform/clock/clock.js',
    './anomalies.js',
  ],
  'src/users/index.ts': ['./user.js'],
  'src/users/user.ts': ['typeorm'],
  'src/platform/platform.module.ts': [
    './clock/index.js',
    './config/index.js',
    './health/health.controller.js',
  ],
  'src/platform/caller/index.ts': ['@nestjs/common'],
  'src/platform/clock/index.ts': ['./clock.js'],
  'src/platform/clock/clock.ts': [],
  'src/platform/config/index.ts': ['../clock/index.js'],
  'src/platform/health/health.controller.ts': ['@nestjs/common', '../http/index.js'],
  'src/platform/http/index.ts': ['fastify'],
  'packages/resource/src/index.ts': ['node:crypto', './feed/proof.js'],
  'packages/resource/src/feed/proof.ts': ['#protocol'],
  'packages/resource/src/nest/index.ts': ['@nestjs/common', '../feed/proof.js'],
  'packages/client/src/core/session.ts': ['./storage.js', 'type #protocol'],
  'packages/client/src/core/storage.ts': [],
  'packages/client/src/react/provider.ts': ['../core/session.js'],
  'packages/client/src/testing/fake-server.ts': ['#protocol', '../core/session.js'],
  'packages/dev-postgres/src/index.ts': ['./postmaster.js'],
  'packages/dev-postgres/src/postmaster.ts': ['pg', 'node:net'],
  'packages/protocol/src/index.ts': ['./rotation.js'],
  'packages/protocol/src/rotation.ts': ['./expiry.js'],
  'packages/protocol/src/expiry.ts': [],
  'packages/protocol/src/rotation.spec.ts': ['fast-check', './rotation.js'],
};

/** What the rules speak of, but nobody cruises. */
const OUTSIDE = ['test/support/moving-clock.ts', 'dist/main.js', 'ormconfig.ts'];

/** The rule, a file that breaks it, and what that file imports. */
const PLANTED: readonly (readonly [rule: string, file: string, imported: string])[] = [
  ['feature-by-its-door', 'src/auth/prying.ts', '../sessions/sessions.service.js'],
  ['feature-by-its-door', 'src/app.prying.ts', './users/user.js'],
  ['feature-by-its-door', 'src/sessions/prying-for-a-type.ts', 'type ../users/user.js'],
  ['feature-by-its-door', 'src/app.prying-in-the-diary.ts', './activity/recorder.js'],
  ['platform-by-its-doors', 'src/users/prying.ts', '../platform/clock/clock.js'],
  ['platform-by-its-doors', 'src/app.prying-too.ts', './platform/health/health.controller.js'],
  ['platform-by-its-doors', 'src/platform/http/prying.ts', '../clock/clock.js'],
  ['platform-by-its-doors', 'src/platform/config/prying.ts', '../health/health.controller.js'],
  ['sessions-know-no-auth', 'src/sessions/rising.ts', '../auth/index.js'],
  ['users-know-neither-auth-nor-sessions', 'src/users/rising.ts', '../auth/index.js'],
  ['users-know-neither-auth-nor-sessions', 'src/users/rising-less.ts', '../sessions/index.js'],
  ['features-know-no-activity', 'src/auth/recording.ts', '../activity/index.js'],
  ['features-know-no-activity', 'src/users/recording.ts', 'type ../activity/index.js'],
  ['mail-knows-no-feature', 'src/mail/descending.ts', '../users/index.js'],
  ['mail-knows-no-feature', 'src/mail/descending-for-a-type.ts', 'type ../sessions/index.js'],
  ['activity-knows-no-feature', 'src/activity/descending.ts', 'type ../sessions/index.js'],
  ['features-know-no-admin', 'src/auth/operating.ts', '../admin/index.js'],
  ['features-know-no-personal-data', 'src/users/exporting.ts', '../personal-data/index.js'],
  ['features-know-no-other-services', 'src/auth/serving.ts', '../other-services/index.js'],
  ['features-know-no-other-services', 'src/sessions/serving.ts', 'type ../other-services/index.js'],
  ['platform-knows-no-feature', 'src/platform/clock/rising.ts', '../../users/index.js'],
  ['errors-know-no-platform', 'src/platform/errors/timed.ts', '../clock/index.js'],
  ['nobody-imports-the-application', 'src/users/rising-to-the-top.ts', '../app.module.js'],
  ['session-policy-is-pure', 'src/sessions/policy/random.ts', 'node:crypto'],
  ['session-policy-is-pure', 'src/sessions/policy/injected.ts', '@nestjs/common'],
  ['session-policy-is-pure', 'src/sessions/policy/timed.ts', '../../platform/clock/index.js'],
  ['activity-policy-is-pure', 'src/activity/policy/timed.ts', '../../platform/clock/index.js'],
  ['mail-policy-is-pure', 'src/mail/policy/timed.ts', '../../platform/clock/index.js'],
  ['sessions-know-no-http', 'src/sessions/persistence/requested.ts', 'type fastify'],
  ['sessions-know-no-http', 'src/sessions/answering.ts', '../platform/http/index.js'],
  ['tokens-know-no-http', 'src/auth/tokens/requested.ts', 'type fastify'],
  ['tokens-know-no-http', 'src/auth/tokens/controlling.ts', 'type ../auth.controller.js'],
  [
    'tokens-know-http-by-type-alone',
    'src/auth/tokens/answering.ts',
    '../../platform/http/index.js',
  ],
  [
    'tokens-know-http-by-type-alone',
    'src/auth/tokens/calling.ts',
    '../../platform/caller/index.js',
  ],
  ['tokens-know-no-database', 'src/auth/tokens/stored.ts', 'typeorm'],
  ['tokens-know-features-by-type-alone', 'src/auth/tokens/begun.ts', '../../sessions/index.js'],
  [
    'possession-is-proven-without-state',
    'src/auth/proof-of-possession/requested.ts',
    'type fastify',
  ],
  ['possession-is-proven-without-state', 'src/auth/proof-of-possession/stored.ts', 'typeorm'],
  [
    'possession-is-proven-without-state',
    'src/auth/proof-of-possession/begun.ts',
    'type ../../sessions/index.js',
  ],
  [
    'client-knows-no-server',
    'packages/client/src/react/shared.ts',
    '../../../../src/users/index.js',
  ],
  ['console-knows-the-client-alone', 'console/src/serving.ts', '../../src/users/index.js'],
  [
    'console-knows-the-client-alone',
    'console/src/deciding.ts',
    '../../packages/protocol/src/index.js',
  ],
  ['lab-knows-the-protocol-alone', 'docs/lab/src/page/served.ts', '../../../../src/users/index.js'],
  [
    'lab-knows-the-protocol-alone',
    'docs/lab/src/page/stored.ts',
    '../../../../packages/client/src/core/storage.js',
  ],
  ['lab-rules-know-no-page', 'docs/lab/src/rules/shown.ts', '../page/lab.js'],
  ['lab-rules-know-no-page', 'docs/lab/src/rules/rendered.ts', 'preact'],
  ['nobody-imports-the-lab', 'console/src/teaching.ts', '../../docs/lab/src/rules/rule.js'],
  [
    'reference-knows-the-client-alone',
    'docs/reference/src/serving.ts',
    '../../../src/users/index.js',
  ],
  ['client-core-knows-only-itself', 'packages/client/src/core/random.ts', 'node:crypto'],
  ['client-core-knows-only-itself', 'packages/client/src/core/rendered.ts', '../react/provider.js'],
  ['dev-postgres-knows-no-server', 'packages/dev-postgres/src/set-up.ts', '../../../src/main.js'],
  [
    'dev-postgres-knows-no-server',
    'packages/dev-postgres/src/calling.ts',
    '../../client/src/core/session.js',
  ],
  ['client-knows-the-protocol-by-type-alone', 'packages/client/src/core/deciding.ts', '#protocol'],
  ['client-knows-the-protocol-by-type-alone', 'packages/client/src/react/deciding.ts', '#protocol'],
  [
    'resource-knows-the-protocol-alone',
    'packages/resource/src/feed/serving.ts',
    '../../../../src/users/index.js',
  ],
  [
    'resource-knows-the-protocol-alone',
    'packages/resource/src/nest/signing-in.ts',
    '../../../client/src/core/session.js',
  ],
  ['resource-adapters-know-frameworks-alone', 'packages/resource/src/nest/lucky.ts', 'uuid'],
  ['resource-core-imports-no-package', 'packages/resource/src/feed/injected.ts', '@nestjs/common'],
  ['resource-core-imports-no-package', 'packages/resource/src/feed/guarded.ts', '../nest/index.js'],
  ['protocol-imports-nothing', 'packages/protocol/src/random.ts', 'node:crypto'],
  ['protocol-imports-nothing', 'packages/protocol/src/lucky.ts', 'type uuid'],
  ['protocol-imports-nothing', 'packages/protocol/src/stored.ts', '../../../src/users/index.js'],
  [
    'protocol-imports-nothing',
    'packages/protocol/src/shown.ts',
    'type ../../client/src/core/storage.js',
  ],
  [
    'protocol-by-its-door',
    'src/users/prying-for-rules.ts',
    '../../packages/protocol/src/expiry.js',
  ],
  [
    'protocol-by-its-door',
    'packages/client/src/testing/prying.ts',
    '../../../protocol/src/expiry.js',
  ],
  ['server-stands-alone', 'src/users/launched.ts', '../../packages/dev-postgres/src/postmaster.js'],
  ['server-stands-alone', 'src/users/tested.ts', '../../test/support/moving-clock.js'],
  ['server-stands-alone', 'src/users/migrated.ts', '../../ormconfig.js'],
  ['server-stands-alone', 'src/users/served.ts', '../../packages/client/src/core/session.js'],
  ['nobody-imports-a-build', 'src/users/built.ts', '../../dist/main.js'],
  ['no-development-dependency', 'src/users/compiling.ts', 'typescript'],
  ['no-undeclared-dependency', 'src/users/lucky.ts', 'tslib'],
  ['nothing-unresolved', 'src/users/dangling.ts', './gone.js'],
  ['no-cycle', 'src/users/hen.ts', './egg.js'],
  ['no-cycle', 'src/users/egg.ts', 'type ./hen.js'],
  ['no-orphan', 'src/users/orphan.ts', ''],
];

/** Two folders that need each other, by files that do not. */
const TIED: Readonly<Record<string, readonly string[]>> = {
  'src/platform/metrics/index.ts': ['../events/index.js'],
  'src/platform/events/index.ts': [],
  'src/platform/events/counter.ts': ['../metrics/index.js'],
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evergreen-architecture-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the sources of this repository', () => {
  it('keep every rule', async () => {
    const { report, exitCode } = await cruise(REPOSITORY);

    expect(violationsOf(report)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(report.modules.filter(({ source }) => source.startsWith('src/')).length).toBeGreaterThan(
      40,
    );
  }, 30_000);
});

describe('a tree with planted violations', () => {
  let report: Report;
  let exitCode: number;

  beforeAll(async () => {
    const tree = await plant('planted', {
      ...SOUND,
      ...TIED,
      ...Object.fromEntries(PLANTED.map(([, file, imported]) => [file, [imported]])),
    });
    ({ report, exitCode } = await cruise(tree));
  }, 30_000);

  it.each(PLANTED)('breaks %s in %s, which imports "%s"', (rule, file) => {
    expect([...new Set(violationsOf(report, file))]).toEqual([rule]);
  });

  it.each(['src/platform/metrics', 'src/platform/events'])(
    'breaks no-cycle-of-folders in %s',
    (tied) => expect(violationsOf(report, tied)).toEqual(['no-cycle-of-folders']),
  );

  it.each(Object.keys({ ...SOUND, ...TIED }))('is not at fault in %s', (file) => {
    expect(violationsOf(report, file)).toEqual([]);
  });

  it('is refused', () => expect(exitCode).toBe(1));

  it('breaks every rule that there is, so that none goes untried', () => {
    const rules = report.summary.ruleSetUsed.forbidden.map(({ name }) => name);
    const broken = new Set(['no-cycle-of-folders', ...PLANTED.map(([rule]) => rule)]);
    expect([...broken].sort()).toEqual(rules.sort());
  });
});

describe('a tree of which nothing can be read', () => {
  it('is refused, though it breaks no rule', async () => {
    const { report, exitCode } = await cruise(await plant('unread', { 'src/main.unknown': [] }));

    expect(report.modules).toEqual([]);
    expect(violationsOf(report)).toEqual([]);
    expect(exitCode).toBe(1);
  }, 30_000);
});

/**
 * Writes a tree of files that import, each, what is listed; `type x` imports the types of x alone.
 */
async function plant(
  name: string,
  files: Readonly<Record<string, readonly string[]>>,
): Promise<string> {
  const root = join(folder, name);
  for (const file of OUTSIDE) await write(join(root, file), 'export {};\n');
  for (const [file, imports] of Object.entries(files))
    await write(join(root, file), imports.map(importOf).join('') + 'export {};\n');
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
    await cp(join(REPOSITORY, file), join(root, file));
  await symlink(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'), 'junction');
  return root;
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

function importOf(imported: string): string {
  if (imported.startsWith('type '))
    return `import type {} from '${imported.slice('type '.length)}';\n`;
  return imported && `import '${imported}';\n`;
}

/** What `npm run architecture` runs, on another tree. */
async function cruise(root: string): Promise<{ report: Report; exitCode: number }> {
  const program = join(REPOSITORY, 'test/architecture/cruise.js');
  return new Promise((done, fail) => {
    execFile(
      process.execPath,
      [program, '--json'],
      { cwd: root, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        if (!stdout)
          return fail(
            new Error(`dependency-cruiser has said nothing but: ${stderr}`, { cause: error }),
          );
        done({ report: JSON.parse(stdout) as Report, exitCode: error ? Number(error.code) : 0 });
      },
    );
  });
}

function violationsOf({ summary }: Report, file?: string): string[] {
  const found = summary.violations.filter(({ from }) => file === undefined || from === file);
  return found.map(({ rule, from, to }) =>
    file ? rule.name : `${rule.name}: ${from} imports ${to}`,
  );
}
