import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeFragment, type View } from '../src/link/fragment.js';
import { RULES } from '../src/rules/index.js';
import { TOUR } from '../src/tour/tour.js';
import { HISTORY } from './chain-picture.js';
import { SCENARIOS } from './scenario-files.js';

const REPOSITORY = join(__dirname, '../../..');
const DOCUMENTS = [
  'SECURITY.md',
  'docs/comparison.md',
  'docs/concepts/confirm-on-use.md',
  'docs/decisions/rotation.md',
  'docs/lab/README.md',
];
const FIRST: View = { scenario: 'lost-answer', rule: 'evergreen' };
const KNOWN = {
  scenarios: SCENARIOS.map(({ id }) => id),
  rules: RULES.map(({ id }) => id),
  tourSteps: TOUR.length,
};

/** Each fragment of a link to the laboratory, with the document that it stands in. */
const LINKS = DOCUMENTS.flatMap((document) =>
  [...readFileSync(join(REPOSITORY, document), 'utf8').matchAll(/[/]lab[/]#([^)\s`]*)/g)].map(
    ([, fragment]) => [document, fragment!] as const,
  ),
);

describe('the links of documents to the laboratory', () => {
  it.each(LINKS)('in %s: %s is understood', (_document, fragment) => {
    expect(decodeFragment(fragment, FIRST, KNOWN).problems).toEqual([]);
  });

  it('lead from the comparison to a scenario of every kind, and to the history of the picture', () => {
    const views = LINKS.filter(([document]) => document === 'docs/comparison.md').map(
      ([, fragment]) => decodeFragment(fragment, FIRST, KNOWN).view,
    );
    const groups = SCENARIOS.filter(({ id }) => views.some(({ scenario }) => scenario === id));
    expect(new Set(groups.map(({ group }) => group)).size).toBe(4);
    expect(LINKS.some(([, fragment]) => fragment.includes(`history=${HISTORY}`))).toBe(true);
  });
});
