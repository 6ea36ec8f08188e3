import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = join(__dirname, '../../docs/concepts');
const PAGES = readdirSync(FOLDER).filter((name) => name !== 'README.md');
/** What each page has, in this order. */
const SECTIONS = ['What it costs, and does not do', 'Shown by'];

describe('docs/concepts', () => {
  it('lists every page', () => {
    const list = readFileSync(join(FOLDER, 'README.md'), 'utf8');
    expect(PAGES.filter((name) => !list.includes(`](${name})`))).toEqual([]);
  });

  describe.each(PAGES)('%s', (name) => {
    const text = readFileSync(join(FOLDER, name), 'utf8');

    it('has a picture, what it costs, and the tests that show it', () => {
      expect(text).toMatch(/```mermaid|!\[/);
      const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
      expect(headings.slice(-SECTIONS.length)).toEqual(SECTIONS);
    });

    it('begins with the question that it answers', () => {
      expect(text.split('\n')[2]).toMatch(/[?]$/);
    });

    it('is read in three minutes', () => {
      expect(text.split(/\s+/).length).toBeLessThan(600);
    });

    it('links to files that are there', () => {
      const paths = [...text.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, path]) => path!);
      const missing = paths.filter((path) => !existsSync(join(dirname(join(FOLDER, name)), path)));
      expect(missing).toEqual([]);
    });
  });
});
