import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { patternOf, readGuide } from './read-guide.mjs';

const GUIDES = resolve(__dirname, '../../docs/guides');

const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe('readGuide', () => {
  it('reads files, commands with what they print, servers, and what is done in a browser', () => {
    const markdown = [
      'Write `src/a.ts`:\n',
      block('ts src/a.ts', 'export {};'),
      block('sh', 'node a.js'),
      block('text', 'done'),
      block('sh keeps running', 'npm start'),
      block('sh not run here', 'npx expo start'),
      '<!-- in the browser -->\n',
      '1. Open `http://localhost:5173`. The page shows `Hello`.',
      '2. Reload the page.\n',
    ].join('\n');
    expect(readGuide(markdown)).toEqual([
      { kind: 'file', line: 3, path: 'src/a.ts', text: 'export {};\n' },
      { kind: 'run', line: 7, script: 'node a.js\n', prints: 'done\n' },
      { kind: 'keep-running', line: 15, script: 'npm start\n' },
      { kind: 'skip', line: 19, script: 'npx expo start\n' },
      {
        kind: 'browse',
        line: 23,
        sentences: ['Open `http://localhost:5173`.', 'The page shows `Hello`.', 'Reload the page.'],
      },
    ]);
  });

  it('refuses a block that it could not carry out, and names its line', () => {
    const refused = (markdown: string) => () => readGuide(markdown);
    expect(refused(block('ts', 'export {};'))).toThrow('Line 1');
    expect(refused(`\n${block('shell', 'ls')}`)).toThrow('Line 2');
    expect(refused(block('text', 'printed by nothing'))).toThrow('Line 1');
  });

  it('refuses a file whose name a reader does not see', () => {
    expect(() => readGuide(block('ts src/a.ts', ''))).toThrow('does not name `src/a.ts`');
  });
});

describe('patternOf', () => {
  const matches = (expected: string, printed: string) =>
    new RegExp(`^${patternOf(expected)}$`).test(printed);

  it('takes every character for itself, but for the dots of what is left out', () => {
    expect(matches('{"owner":"…"}\n', '{"owner":"01a1-fb"}')).toBe(true);
    expect(matches('{"owner":"…"}', '{"owner":7}')).toBe(false);
    expect(matches('a.b', 'a-b')).toBe(false);
  });
});

describe('docs/guides', () => {
  const guides = readdirSync(GUIDES).filter((file) => file !== 'README.md');

  it.each(guides)('%s can be carried out as it stands', (guide) => {
    const [beginning, ...steps] = readGuide(readFileSync(join(GUIDES, guide), 'utf8'));
    expect(beginning?.kind).toBe('run');
    expect(steps.filter(({ kind, prints }) => kind === 'keep-running' && !prints)).toEqual([]);
  });
});
