import { posix } from 'node:path';

/** A table in Markdown; a cell may contain a vertical bar. */
export function tableOf(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |\n`);
  return lines.toSpliced(1, 0, `${'|---'.repeat(header.length)}|\n`).join('');
}

/** A text in the type of code, or nothing where there is none. */
export function code(text: string): string {
  return text && `\`${text}\``;
}

/** A sentence with a full stop, and another one after it, if there is one. */
export function joined(sentence: string, note = ''): string {
  const first = /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
  return note ? `${first} ${note}` : first;
}

const MARKED = /(<!-- generated: ([\w-]+) -->\n)[\s\S]*?(<!-- \/generated -->)/g;

/** The names of the tables that a page has places for. */
export function markersOf(page: string): string[] {
  return [...page.matchAll(MARKED)].map(([, , name = '']) => name);
}

/**
 * A page with its tables: each between `<!-- generated: name -->` and `<!-- /generated -->`. Links
 * in tables are relative to the root of the repository, and get relative to the page.
 *
 * @throws Error if the page has a place for a table that there is not
 */
export function filled(
  page: string,
  path: string,
  tables: Readonly<Record<string, string>>,
): string {
  return page.replaceAll(MARKED, (_all, begin: string, name: string, end: string) => {
    const table = tables[name];
    if (table === undefined)
      throw new Error(
        `${path} has a place for "${name}", which is none of the tables ${Object.keys(tables).join(', ')}.`,
      );
    return `${begin}\n${relinked(table, path)}\n${end}`;
  });
}

const LINK = /\]\((?!https?:|#)([^)#\s]+)(#[^)\s]*)?\)/g;

function relinked(table: string, path: string): string {
  return table.replaceAll(LINK, (_all, target: string, anchor = '') => {
    const isHere = target === path && anchor !== '';
    const file = isHere ? '' : posix.relative(posix.dirname(path), target);
    return `](${file}${anchor})`;
  });
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
