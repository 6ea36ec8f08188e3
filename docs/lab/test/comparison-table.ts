import type { Verdict } from '../src/history/verdict.js';
import { RULES } from '../src/rules/index.js';
import type { Rule } from '../src/rules/rule.js';
import type { Scenario } from '../src/scenario/scenario.js';
import { SCENARIOS } from './scenario-files.js';

/** Where `npm start` serves the laboratory. */
const LAB = 'http://localhost:8000/lab/';
/** In the order of the table; `evergreen-strict` is single use with a window, and has no column. */
const COLUMNS: readonly (readonly [rule: string, head: string])[] = [
  ['evergreen', 'Evergreen'],
  ['evergreen-bound', 'Evergreen, bound'],
  ['parent-until-used', 'SuperTokens'],
  ['one-step-behind', 'Supabase Auth'],
  ['forking-grace', 'Ory Hydra, 60 s'],
  ['single-use', 'RFC 9700, Auth0 with overlap 0'],
  ['replaying-grace', 'AT Protocol PDS'],
];

/** As the laboratory lists them. */
const IN_ORDER = SCENARIOS.toSorted((one, other) => one.order - other.order);

/** The verdicts of the laboratory, in the words of a cell. */
const WORDS: Readonly<Record<Verdict, string>> = {
  kept: 'stays signed in',
  'thrown-out': 'signed out',
  'thief-refused': 'thief refused, owner stays',
  'thief-stopped': 'thief refused, session ends',
  'thief-found': 'thief found, session ends',
  'thief-missed': 'thief not noticed',
  'thief-lapsed': 'thief had access, not noticed',
  'thief-stays': 'owner signed out, thief goes on',
};

/**
 * Every scenario of the laboratory, and what it comes to under each rule. A cell links to its
 * history in the laboratory, and by its letter to the source of the rule.
 */
export function comparisonTable(): string {
  const head = ['what happens', ...COLUMNS.map(([, name]) => name)];
  return [
    line(head),
    `|${head.map(() => '---').join('|')}|`,
    ...IN_ORDER.map((scenario) => line([scenario.title, ...cellsOf(scenario)])),
  ].join('\n');
}

/** The rules of the columns and their sources, by their letters. */
export function sourcesOfColumns(): string {
  return COLUMNS.map(([id, name], index) => {
    const { title, url } = sourceOf(ruleOf(id));
    return `- **${letterOf(index)}**, ${name}: ${ruleOf(id).summary} [${title}](${url})`;
  }).join('\n');
}

function cellsOf({ id, expect }: Scenario): string[] {
  return COLUMNS.map(([rule], index) => {
    const words = WORDS[expect[rule]!.verdict];
    return `[${words}](${LAB}#scenario=${id}&rule=${rule}) ${sourceLink(rule, index)}`;
  });
}

function sourceLink(rule: string, index: number): string {
  return `<sup>[${letterOf(index)}](${sourceOf(ruleOf(rule)).url})</sup>`;
}

/** The first source of a rule; of our own it is the function that decides. */
function sourceOf({ isOurs, sources }: Rule): { title: string; url: string } {
  if (isOurs) return { title: 'rotation.ts', url: '../packages/protocol/src/rotation.ts' };
  const { title, url } = sources[0]!;
  return { title, url: url! };
}

function ruleOf(id: string): Rule {
  return RULES.find((rule) => rule.id === id)!;
}

function letterOf(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
