import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { faultsOf } from '../../.ci/commit-message.mjs';

const PROGRAM = resolve('.ci/check-commits.mjs');
const WHY = 'Two places said it, and one of them was wrong.';

const of = (subject: string, body = WHY) => faultsOf(`${subject}\n\n${body}\n`);

describe('faultsOf', () => {
  it.each([
    'Say once how long an access token may live',
    'Pass the reason on',
    'Process requests in their order',
    'Embed the console',
    'Bring a PostgreSQL along',
    'Rollback is no more: take a backup',
    'Let `users` be listed',
    'Revert "Say it twice"',
  ])('finds nothing in "%s"', (subject) => expect(of(subject)).toEqual([]));

  it.each([71, 72])('lets a subject have %i characters', (length) => {
    expect(of('Say '.padEnd(length, 'x'))).toEqual([]);
  });

  it('does not let a subject have 73 characters', () => {
    expect(of('Say '.padEnd(73, 'x'))).toEqual(['subject_too_long']);
  });

  it.each([
    ['Added a limit', 'subject_not_imperative'],
    ['Adds a limit', 'subject_not_imperative'],
    ['Adding a limit', 'subject_not_imperative'],
    ['A limit for logins', 'subject_not_imperative'],
    ['The limit of logins', 'subject_not_imperative'],
    ['No more limits', 'subject_not_imperative'],
    ['fix: a limit', 'subject_with_a_type'],
    ['feat(auth)!: a limit', 'subject_with_a_type'],
    ['add a limit', 'subject_not_capitalised'],
    ['Add a limit.', 'subject_with_a_full_stop'],
    ['fixup! Add a limit', 'subject_to_be_squashed'],
    ['', 'subject_missing'],
  ])('finds fault with the subject "%s"', (subject, fault) => {
    expect(of(subject)).toEqual([fault]);
  });

  it.each([
    ['nothing', ''],
    [
      'who signed it',
      'Signed-off-by: Ann <ann@example.com>\nCo-authored-by: Bob <bob@example.com>',
    ],
    ['a word', 'Better.'],
  ])('does not take a body that says %s for a reason', (_, body) => {
    expect(of('Add a limit', body)).toEqual(['body_without_a_reason']);
  });

  it('asks for an empty line before the body', () => {
    expect(faultsOf(`Add a limit\n${WHY}\n`)).toEqual(['body_not_apart']);
  });

  it('passes over what git adds for the writer to read', () => {
    const hints =
      '# Please enter the message\n# ------------------------ >8 ------------------------\n';
    expect(faultsOf(`Add a limit\n\n${WHY}\n${hints}diff --git a b\n`)).toEqual([]);
    expect(faultsOf(`Add a limit\n\n${hints}diff --git a b, which is long enough\n`)).toEqual([
      'body_without_a_reason',
    ]);
  });
});

describe('check-commits.mjs', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'evergreen-commits-'));
    git('init', '--quiet', '--initial-branch=main');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const git = (...options: string[]) => {
    const { PATH = '' } = process.env;
    const person = { NAME: 'Ann', EMAIL: 'ann@example.com' };
    const env = Object.entries(person).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    const options_ = { cwd: folder, env: { PATH, HOME: folder, ...Object.fromEntries(env) } };
    return execFileSync('git', options, options_);
  };
  const commit = (message: string) => git('commit', '--quiet', '--allow-empty', '-m', message);
  const run = (...options: string[]) =>
    new Promise<{ exitCode: number; output: string }>((done) => {
      const { PATH = '' } = process.env;
      execFile(
        process.execPath,
        [PROGRAM, ...options],
        { cwd: folder, env: { PATH, HOME: folder } },
        (error, stdout, stderr) =>
          done({ exitCode: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });

  it('looks at the commits since origin/main alone, where there is one', async () => {
    commit('Old sins are left alone');
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    commit(`Add a limit\n\n${WHY}`);
    expect(await run()).toMatchObject({ exitCode: 0 });
    commit('Added another');
    const { exitCode, output } = await run();
    expect(exitCode).toBe(1);
    expect(output).toContain('Added another');
    expect(output).not.toContain('Old sins');
  });

  it('looks at the last commits, where there is no origin', async () => {
    commit('Added a limit');
    expect(await run()).toMatchObject({ exitCode: 1 });
  });

  it('passes over merges', async () => {
    commit(`Add a limit\n\n${WHY}`);
    git('checkout', '--quiet', '-b', 'other');
    commit(`Add another\n\n${WHY}`);
    git('checkout', '--quiet', 'main');
    git('merge', '--quiet', '--no-ff', '-m', 'Merge branch other', 'other');
    expect(await run()).toMatchObject({ exitCode: 0 });
  });

  it('says that it has nothing to look at outside of a repository', async () => {
    rmSync(join(folder, '.git'), { recursive: true });
    expect(await run()).toMatchObject({ exitCode: 0, output: expect.stringContaining('history') });
  });

  it.each([
    [`Add a limit\n\n${WHY}`, 0],
    ['Added a limit', 1],
  ])('looks at the one message of a file, as the hook does', async (message, exitCode) => {
    const file = join(folder, 'COMMIT_EDITMSG');
    writeFileSync(file, message);
    expect(await run(file)).toMatchObject({ exitCode });
  });

  it('is what the hook of .githooks runs', async () => {
    git('config', 'core.hooksPath', resolve('.githooks'));
    expect(() => commit('Added a limit')).toThrow();
    commit(`Add a limit\n\n${WHY}`);
  });
});
