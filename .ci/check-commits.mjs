import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { faultsOf } from './commit-message.mjs';

/**
 * Checks messages of commits: of the one in a file, as git's hook `commit-msg` names it, or of all
 * new commits. New are those since `origin/main`, or, where there is none or nothing since, the last
 * ones. Commits from before this check are left alone, and so are merges.
 */
const LAST_COMMITS = 20;
const THIS_CHECK = '.ci/check-commits.mjs';

const WORDS = {
  subject_missing: 'has no subject',
  subject_to_be_squashed: 'is to be squashed into the commit that it mends',
  subject_with_a_type: 'begins with a type: say what the change does, without one',
  subject_not_capitalised: 'does not begin with a capital letter',
  subject_not_imperative:
    'does not begin with a verb in the imperative ("Add", not "Adds", "Added" or "The")',
  subject_with_a_full_stop: 'ends with a full stop',
  subject_too_long: 'has a subject of more than 72 characters',
  body_not_apart: 'has no empty line after its subject',
  body_without_a_reason: 'has no body that says why',
};

const [file] = process.argv.slice(2);
const messages = file === undefined ? newMessages() : [readFileSync(file, 'utf8')];

for (const message of messages) {
  const [subject = ''] = message.split('\n');
  // As git writes it before the merge is committed. One that is committed is left out by git.
  if (file !== undefined && subject.startsWith('Merge ')) continue;
  for (const fault of faultsOf(message)) {
    console.error(`"${subject}" ${WORDS[fault]}.`);
    process.exitCode = 1;
  }
}

function newMessages() {
  if (!isKnown('HEAD')) {
    console.log('No message of a commit is checked, since there is no history here.');
    return [];
  }
  const [before] = git('log', '--diff-filter=A', '--format=%H', '--', THIS_CHECK).split('\n');
  const unheld = before === '' ? [] : [`^${before}`];
  const log = (...options) =>
    git('log', '--no-merges', '--format=%B%x00', 'HEAD', ...unheld, ...options)
      .split('\0')
      .map((message) => message.trimStart())
      .filter(Boolean);
  const since = isKnown('origin/main') ? log('^origin/main') : [];
  return since.length > 0 ? since : log(`--max-count=${LAST_COMMITS}`);
}

function isKnown(revision) {
  try {
    git('rev-parse', '--verify', '--quiet', `${revision}^{commit}`);
    return true;
  } catch {
    return false;
  }
}

function git(...options) {
  return execFileSync('git', options, {
    encoding: 'utf8',
    maxBuffer: 1e8,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
