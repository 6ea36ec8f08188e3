import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Evidence, evidencePage, PARTS } from '../../bench/evidence/page.mjs';

const REPOSITORY = join(__dirname, '../..');
const DATA = join(REPOSITORY, 'bench/results/evidence.json');
const PAGE = join(REPOSITORY, 'docs/evidence.md');

const MACHINE = { processors: 2, model: 'x', memoryGiB: 8, node: '20.0.0', postgres: '18.0' };
const MEASURED = {
  measuredAt: '2026-11-30T12:34:56.000Z',
  commit: 'abc1234',
  machine: MACHINE,
  seconds: 3,
  loadAtStart: 0.5,
};

describe('docs/evidence.md', () => {
  it('says what was measured, and nothing else: npm run evidence', () => {
    const evidence = JSON.parse(readFileSync(DATA, 'utf8')) as Evidence;
    expect(readFileSync(PAGE, 'utf8')).toBe(evidencePage(evidence));
  });

  it('has only parts that it knows', () => {
    const evidence = JSON.parse(readFileSync(DATA, 'utf8')) as Evidence;
    const known = PARTS.map(({ name }) => name);
    expect(Object.keys(evidence).filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('evidencePage', () => {
  it('says of each part that was never measured by which command it is', () => {
    const page = evidencePage({});
    for (const { name, title } of PARTS) {
      expect(page).toContain(`## ${title}`);
      expect(page).toContain(`Not measured yet: \`npm run evidence -- ${name}\``);
    }
  });

  it('says of each part when, at which commit and on which machine it was measured', () => {
    const sizes = [{ package: '@evergreen-auth/client', door: 'core', bytes: 7999, limit: 8064 }];
    const page = evidencePage({ sizes: { ...MEASURED, values: sizes } });
    expect(page).toContain('| `@evergreen-auth/client` | core | 7999 | 8064 |');
    expect(page).toContain('Measured 2026-11-30 12:34 UTC by `npm run evidence -- sizes` in 3 s');
    expect(page).toContain('commit `abc1234`; 2 processors (x), 8 GiB, load 0.5 at the start');
  });

  it('says that files had been changed since the commit', () => {
    const page = evidencePage({ sizes: { ...MEASURED, commit: 'abc1234+', values: [] } });
    expect(page).toContain('commit `abc1234+` with changes');
  });

  it('shows lost sessions first among what was counted', () => {
    const values = { lostSessions: 0, otherFindings: 0, totals: { weeks: 2000, signOuts: 7 } };
    const page = evidencePage({ weeks: { ...MEASURED, values } });
    expect(page).toContain('| weeks | 2000 |\n| **lost sessions** | **0** |\n');
  });

  it('counts tests only where they were run', () => {
    const files = { plain: 3, withPrograms: 2 };
    const results = { total: 9, passed: 8, failed: 1, skipped: 0 };
    const listed = evidencePage({ tests: { ...MEASURED, values: { files } } });
    const run = evidencePage({ tests: { ...MEASURED, values: { files, results } } });
    expect(listed).not.toContain('passed |');
    expect(run).toContain('| passed | 8 |\n| failed | 1 |');
  });
});

describe('the links of docs/evidence.md', () => {
  const links = [...evidencePage({}).matchAll(/\]\(\.\.\/([^)#]+)/g)].map(([, path]) => path!);

  it.each(links)('%s is there', (path) => {
    expect(existsSync(join(REPOSITORY, path))).toBe(true);
  });
});
