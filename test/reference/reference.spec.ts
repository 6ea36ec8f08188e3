import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { VARIABLE_DESCRIPTIONS } from '../../src/platform/config/variable-descriptions.js';
import { variables } from '../../src/platform/config/variables.js';
import { startApp, type TestApp } from '../support/app.js';
import { filled, markersOf, tableOf } from './markdown.js';
import { METRIC_NOTES } from './notes/metrics.js';
import { ROUTE_NOTES } from './notes/routes.js';
import { COMPLETE, referenceTables } from './tables.js';

/** Every page with a place for a table, wherever it is moved to. */
const PAGES = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
  .map((path) => posix.join('docs', path))
  .filter((path) => markersOf(textOf(path)).length > 0);

describe('the reference in the documents', () => {
  let app: TestApp;
  let tables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    app = await startApp({ env: COMPLETE });
    tables = await referenceTables(app);
  });
  afterAll(() => app.close());

  // npm run reference
  it('is up to date', () => {
    if (process.env.UPDATE_REFERENCE)
      for (const page of PAGES) writeFileSync(page, filled(textOf(page), page, tables));
    const outdated = PAGES.filter((page) => filled(textOf(page), page, tables) !== textOf(page));
    expect(outdated.map((page) => `${page} is out of date: run npm run reference`)).toEqual([]);
  });

  it('has a page for each table', () => {
    const names = PAGES.flatMap((page) => markersOf(textOf(page)));
    expect(names.sort()).toEqual(Object.keys(tables).sort());
  });

  it('describes every variable, and no other', () => {
    const described = Object.values(VARIABLE_DESCRIPTIONS).flatMap(Object.keys);
    expect(described.sort()).toEqual(Object.keys(variables('production').shape).sort());
  });

  it.each([
    ['routes', ROUTE_NOTES],
    ['metrics', METRIC_NOTES],
  ])('has notes only about %s that there are', (table, notes) => {
    const unknown = Object.keys(notes).filter(
      (name) => !new RegExp(`^\\| \`${literal(name)}[\`{]`, 'm').test(tables[table] ?? ''),
    );
    expect(unknown).toEqual([]);
  });
});

describe('filled', () => {
  const page = '# Page\n\n<!-- generated: colours -->\nby hand\n<!-- /generated -->\n\nEnd.\n';

  it('writes a table between its markers, and leaves the rest', () => {
    const colours = tableOf(['name'], [['red'], ['a|b']]);
    expect(filled(page, 'docs/page.md', { colours })).toBe(
      '# Page\n\n<!-- generated: colours -->\n\n| name |\n|---|\n| red |\n| a\\|b |\n\n<!-- /generated -->\n\nEnd.\n',
    );
  });

  it('changes nothing the second time', () => {
    const tables = { colours: tableOf(['name'], [['red']]) };
    const once = filled(page, 'docs/page.md', tables);
    expect(filled(once, 'docs/page.md', tables)).toBe(once);
  });

  it('makes links relative to the page, also those to the page itself', () => {
    const colours =
      '[a](docs/page.md#part) [b](docs/deep/other.md) [c](SECURITY.md) [d](https://example.com)\n';
    const links = (path: string) => filled(page, path, { colours }).match(/\]\([^)]*\)/g);
    expect(links('docs/page.md')).toEqual([
      '](#part)',
      '](deep/other.md)',
      '](../SECURITY.md)',
      '](https://example.com)',
    ]);
    expect(links('docs/deep/other.md')).toEqual([
      '](../page.md#part)',
      '](other.md)',
      '](../../SECURITY.md)',
      '](https://example.com)',
    ]);
  });

  it('refuses a place for a table that there is not', () => {
    expect(() => filled(page, 'docs/page.md', { numbers: '' })).toThrow(
      'docs/page.md has a place for "colours", which is none of the tables numbers.',
    );
  });
});

function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

function literal(text: string): string {
  return text.replaceAll(/[.{}/]/g, '\\$&');
}
