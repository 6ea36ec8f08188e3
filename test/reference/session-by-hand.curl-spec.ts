import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { serverEnvironment, startServer, type ServerProcess } from '../support/server-process.js';

const run = promisify(execFile);

/** A command of the page, and the output that the page shows below it, if it shows any. */
interface Command {
  readonly command: string;
  readonly language?: string;
  readonly shown?: string;
}

const [, SECTION = ''] =
  /## A session by hand\n([\s\S]*?)\n## /.exec(readFileSync('docs/api.md', 'utf8')) ?? [];

/** What the commands say stands for this server. */
const SERVER = 'http://localhost:8000';

describe('a session by hand, of docs/api.md', () => {
  let database: TestDatabase;
  let server: ServerProcess;

  beforeAll(async () => {
    database = await createDatabase();
    server = await startServer({
      ...serverEnvironment(database.url),
      NODE_ENV: 'development',
    });
  });
  afterAll(async () => {
    await server?.stop();
    await database?.drop();
  });

  it('gives what the page shows', async () => {
    const commands = commandsOf(SECTION);
    expect(commands.filter(({ shown }) => shown).length).toBeGreaterThan(4);
    const outputs = await outputsOf(commands, server.url);
    commands.forEach(({ command, language, shown }, index) => {
      if (shown === undefined) return;
      const read = language === 'json' ? shapeOf : linesOf;
      expect({ command, output: read(outputs[index] ?? '') }).toEqual({
        command,
        output: read(shown),
      });
    });
  });
});

function commandsOf(section: string): Command[] {
  const blocks = [...section.matchAll(/```(\w*)\n([\s\S]*?)```/g)];
  return blocks.flatMap(([, language, text = ''], index) => {
    if (language !== 'sh') return [];
    const [, nextLanguage, nextText] = blocks[index + 1] ?? [];
    const isOutput = nextLanguage !== 'sh';
    return [{ command: text, ...(isOutput && { language: nextLanguage, shown: nextText }) }];
  });
}

/** All commands run in one shell, since later ones use variables of the earlier ones. */
async function outputsOf(commands: readonly Command[], url: string): Promise<string[]> {
  const end = '--- end of a command ---';
  const script = commands.map(({ command }) => `${command}\necho '${end}'\n`).join('');
  const { stdout } = await run('bash', ['-c', script.replaceAll(SERVER, url)]);
  return stdout.split(end);
}

function linesOf(text: string): string[] {
  return text.trim().split(/\r?\n/);
}

/** The members of a response, with the values that are the same at each run. */
function shapeOf(text: string): unknown {
  return JSON.parse(text, (name: string, value: unknown) =>
    /token$|id$/.test(name) ? 'another one each time' : value,
  );
}
