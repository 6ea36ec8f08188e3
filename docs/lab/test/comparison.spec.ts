import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { play } from '../src/history/play.js';
import { verdictOf } from '../src/history/verdict.js';
import { decodeHistory } from '../src/link/step-codes.js';
import { ruleById } from '../src/rules/index.js';
import { comparisonTable, sourcesOfColumns } from './comparison-table.js';
import { SCENARIOS } from './scenario-files.js';

const FILE = join(__dirname, '../../comparison.md');
const PARTS: Readonly<Record<string, () => string>> = {
  outcomes: comparisonTable,
  'sources of outcomes': sourcesOfColumns,
};

/** The page with what stands between its markers replaced. Throws where a marker is missing. */
function withParts(page: string): string {
  return Object.entries(PARTS).reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- drawn: ${name} -->`, '<!-- /drawn -->'];
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${FILE} has no place for ${name}`);
    return `${text.slice(0, from + begin.length)}\n${part()}\n${text.slice(to)}`;
  }, page);
}

describe('docs/comparison.md', () => {
  // UPDATE_PICTURES=1 npx jest docs/lab/test/comparison
  it('says of each scenario what the laboratory says', () => {
    const page = readFileSync(FILE, 'utf8');
    if (process.env.UPDATE_PICTURES) writeFileSync(FILE, withParts(page));
    expect(readFileSync(FILE, 'utf8')).toBe(withParts(page));
  });

  it('is right in what it says of whole columns', () => {
    const verdicts = (rule: string) => SCENARIOS.map(({ expect: under }) => under[rule]?.verdict);
    const [ours, theirs] = [verdicts('evergreen'), verdicts('parent-until-used')];
    expect(SCENARIOS.filter((_, index) => ours[index] !== theirs[index])).toMatchObject([
      { id: 'thief-in-the-window' },
    ]);
    for (const { group, expect: under } of SCENARIOS)
      if (group === 'accidents') expect(under['single-use']?.verdict).toBe('thrown-out');
    expect(SCENARIOS.filter(({ group }) => group === 'accidents')).toHaveLength(9);
  });

  it.each([
    ['evergreen', 'kept'],
    ['parent-until-used', 'thrown-out'],
  ])('says what the window is for: %s', (rule, verdict) => {
    const [, text] = /#history=([^&]*)&rule=/.exec(readFileSync(FILE, 'utf8')) ?? [];
    const frames = play(decodeHistory(text!)!, ruleById(rule)!);
    expect(verdictOf(frames.at(-1)!)).toBe(verdict);
  });

  it('names the date on which the sources were read', () => {
    expect(readFileSync(FILE, 'utf8')).toMatch(/read on \d{4}-\d{2}-\d{2}/);
  });
});
