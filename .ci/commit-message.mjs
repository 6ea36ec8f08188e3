/** What `git log --oneline` and most tools show whole. */
const MAX_SUBJECT_CHARACTERS = 72;

/** Fewer give no reason. */
const MIN_BODY_WORDS = 5;

/**
 * Words that begin many subjects and are no verb. Without a dictionary that tells verbs from nouns
 * the mood can only be approximated: by these, and by the endings of other forms of a verb.
 */
const NO_VERBS = new Set(
  (
    'a an the this that these those no not some any all every each both one two three many more less most ' +
    'i we you it its our my your his her their there what which who how when where why ' +
    'in on at of for from to with without under over by as and or but only'
  ).split(' '),
);

/** Verbs that end as other forms of verbs do; also all in `-eed` and `-ss`. */
const VERBS = new Set(
  'alias bias focus embed shed shred wed bring cling fling ping ring sing sling spring sting string swing wring'.split(
    ' ',
  ),
);

/** Such as `fix:` or `feat(auth)!:`. */
const TYPE = /^\w+(?:\([^)]*\))?!?:\s/;

const TRAILER = /^[A-Z][\w-]*-by: /i;

/**
 * What is wrong with a message of a commit, as codes; none where it is as CONTRIBUTING.md asks.
 *
 * Whether a subject is in the imperative is approximated by its first word, and whether a body gives
 * a reason by its length: a reader has the last word on both.
 *
 * @param {string} message as git has it in a file: its hints are passed over
 * @returns {string[]}
 */
export function faultsOf(message) {
  const [subject = '', ...rest] = withoutHints(message);
  return [...faultsOfSubject(subject), ...faultsOfBody(rest)];
}

function withoutHints(message) {
  const [written] = message.split(/^# -+ >8 -+$/m);
  return written
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trimEnd()
    .split('\n');
}

function faultsOfSubject(subject) {
  if (subject.trim() === '') return ['subject_missing'];
  if (/^(?:fixup|squash|amend)! /.test(subject)) return ['subject_to_be_squashed'];
  if (TYPE.test(subject)) return ['subject_with_a_type'];
  return [
    ...(/^[A-Z]/.test(subject) ? [] : ['subject_not_capitalised']),
    ...(isImperative(subject) ? [] : ['subject_not_imperative']),
    ...(subject.endsWith('.') ? ['subject_with_a_full_stop'] : []),
    ...([...subject].length > MAX_SUBJECT_CHARACTERS ? ['subject_too_long'] : []),
  ];
}

function isImperative(subject) {
  const [word = ''] = subject.toLowerCase().split(/[^a-z-]/);
  if (NO_VERBS.has(word)) return false;
  return VERBS.has(word) || /(?:eed|ss)$/.test(word) || !/(?:ed|ing|s)$/.test(word);
}

function faultsOfBody([empty = '', ...body]) {
  if (empty !== '') return ['body_not_apart'];
  const words = body
    .filter((line) => !TRAILER.test(line))
    .join(' ')
    .split(/\s+/)
    .filter(Boolean);
  return words.length < MIN_BODY_WORDS ? ['body_without_a_reason'] : [];
}
