import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const REPOSITORY = resolve(__dirname, '../..');
const FENCE = '```';

/** A repository in miniature, sound but for what a test plants. */
const SOUND: Readonly<Record<string, string>> = {
  'package.json': '{ "scripts": { "build": "tsc" } }',
  'src/main.ts': '',
  'docs/picture.svg': '<svg/>',
  'llms.txt': [
    '# Top',
    '',
    '> See the page, a picture, src/main.ts, src/*.ts, npm run build and text/html.',
    '',
    'Each page is a plain Markdown file of this repository; links are from its root.',
    '',
    '## Start',
    '',
    '- [Top](README.md): See the page, a picture, src/main.ts, src/*.ts, npm run build and text/html.',
    '',
    '## Guides',
    '',
    '- [First](docs/guides/first.md): It makes an application.',
    '',
    '## Pages',
    '',
    '- [Page](docs/page.md): It has one sentence: this one.',
    '',
  ].join('\n'),
  'README.md': [
    '# Top',
    '',
    'See [the page](docs/page.md#a-section), ![a picture](docs/picture.svg), `src/main.ts`,',
    '`src/*.ts`, `npm run build` and `text/html`.',
    '',
    `${FENCE}sh`,
    'npm run --silent build && node dist/main.js # builds, and starts',
    'npx evergreen admin user show you@example.com',
    FENCE,
    '',
    `${FENCE}json`,
    '{ "a": 1 }',
    FENCE,
    '',
    `${FENCE}ts fragment`,
    "const response = await client.fetch('/api/notes');",
    FENCE,
  ].join('\n'),
  // Its paths and scripts are those of the application.
  'docs/guides/first.md': [
    '# First',
    '',
    'It makes an application. `src/app.ts`',
    '',
    `${FENCE}sh`,
    'npm run dev',
    FENCE,
    '',
    `${FENCE}ts src/app.ts`,
    "import { other } from './other.js';",
    FENCE,
  ].join('\n'),
  'docs/page.md': [
    '# Page',
    '',
    'It has one sentence: this one. And another.',
    '',
    '## A section',
    '',
    `${FENCE}ts part.ts`,
    'export const part: number = 1;',
    FENCE,
    '',
    `${FENCE}tsx`,
    "import { useUser } from '@evergreen-auth/client/react';",
    "import { part } from './part.js';",
    'export const Name = () => <p>{useUser()?.email} {part}</p>;',
    FENCE,
  ].join('\n'),
};

/** What is planted, the text of a page with it, and what the check says about it. */
const PLANTED: readonly (readonly [string, string, string])[] = [
  ['a link to no file', '[gone](docs/gone.md)', 'Cannot find file `docs/gone.md`'],
  ['a link to no heading of another page', '[gone](docs/page.md#gone)', 'Cannot find heading'],
  ['a link to no heading of its own', '[gone](#gone)', 'Cannot find heading for `#gone`'],
  ['a picture that is not there', '![gone](docs/gone.svg)', 'Cannot find file `docs/gone.svg`'],
  ['a path to nothing', '`src/gone.ts`', 'There is no src/gone.ts'],
  ['a pattern that matches nothing', '`src/{main,gone}.ts`', 'There is no src/{main,gone}.ts'],
  ['a script that is not there', '`npm run gone`', 'No package.json has a script gone'],
  ['a command of evergreen that is not there', '`npx evergreen gone`', 'has no command gone'],
  [
    'a command for operators that is not there',
    '`npx evergreen admin user gone a`',
    'no command gone',
  ],
  [
    'a file to run that is not there',
    `${FENCE}sh\nnode gone.js\n${FENCE}`,
    'There is no gone.js to run',
  ],
  ['a test that is not there', '`npx jest integration/gone`', 'No test has integration/gone in'],
  ['a path to nothing in a shell', `${FENCE}sh\ncat src/gone\n${FENCE}`, 'There is no src/gone'],
  ['JSON that is none', `${FENCE}json\n{ a: … }\n${FENCE}`, 'This is no JSON'],
  ['YAML that is none', `${FENCE}yaml\na: [\n${FENCE}`, 'This is no YAML'],
  ['TypeScript that is none', `${FENCE}ts\nlet a: = 1;\n${FENCE}`, 'Type expected'],
  [
    'an import of what a package does not have',
    `${FENCE}ts\nimport { gone } from 'evergreen-auth';\n${FENCE}`,
    "has no exported member 'gone'",
  ],
  [
    'a name without a declaration',
    `${FENCE}ts\nclient.ready();\n${FENCE}`,
    "Cannot find name 'client'",
  ],
  [
    'a fragment with a wrong type',
    `${FENCE}ts fragment\nclient.gone();\n${FENCE}`,
    "Property 'gone' does not exist",
  ],
];

// The compiler reads the types of all packages, twice.
jest.setTimeout(180_000);

describe('the check of documents', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'evergreen-documents-'));
    for (const [path, text] of Object.entries(SOUND)) await write(path, text);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  async function write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }

  /** Its exit code, and the faults that it names. */
  function check(): Promise<{ code: number; faults: string[] }> {
    return new Promise((done) => {
      const script = join(REPOSITORY, 'test/documents/check.mjs');
      const child = execFile(process.execPath, [script, root], (_error, _output, errors) => {
        done({ code: child.exitCode ?? -1, faults: errors.split('\n').filter(Boolean) });
      });
    });
  }

  it('finds nothing where all is sound', async () => {
    expect(await check()).toEqual({ code: 0, faults: [] });
  });

  it('finds each fault that is planted, in its line, and nothing else', async () => {
    for (const [index, [, planted]] of PLANTED.entries())
      await write(`planted-${index}.md`, `# Planted\n\n${planted}\n`);

    await write('src/mention.ts', '// See docs/gone.md.\n');

    const { code, faults } = await check();

    expect(code).toBe(1);
    for (const [index, [name, , words]] of PLANTED.entries()) {
      const ofPage = faults.filter((fault) => fault.startsWith(`planted-${index}.md:`));
      expect([name, ...ofPage]).toEqual([name, expect.stringContaining(words)]);
    }
    expect(faults.filter((fault) => fault.startsWith('llms.txt:'))).toEqual([
      'llms.txt:1 It is out of date: npm run llms.',
    ]);
    expect(faults.filter((fault) => fault.startsWith('src/'))).toEqual([
      'src/mention.ts:1 There is no docs/gone.md.',
    ]);
    expect(
      faults.filter(
        (fault) => !/^(?:planted-\d+\.md:[34]|(?:llms\.txt|src\/mention\.ts):1) /.test(fault),
      ),
    ).toEqual([]);
  });
});
