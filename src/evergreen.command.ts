#!/usr/bin/env node
/**
 * The program `evergreen` of the installed package: starts the server, or runs a command for
 * operators.
 */

/** Each reads its own arguments, without its name, when it is imported. */
const COMMANDS: ReadonlyMap<string | undefined, { readonly file: string; readonly does: string }> =
  new Map([
    ['start', { file: './main.js', does: 'starts the server' }],
    ['admin', { file: './admin.command.js', does: 'manages users and sessions; see admin --help' }],
    [
      'keys:rotate',
      { file: './auth/tokens/keys/keys.command.js', does: 'rotates the keys of a file: <file>' },
    ],
  ]);

const USAGE = [
  'Usage: evergreen <command>',
  '',
  ...[...COMMANDS].map(([name, { does }]) => `  ${name?.padEnd(12)} ${does}`),
].join('\n');

/** Exit code of a command line that makes no sense, as of `admin`. */
const MISUSED = 2;

const [name] = process.argv.splice(2, 1);
const command = COMMANDS.get(name);
if (command) await import(command.file);
else if (name === '--help' || name === '-h') console.log(USAGE);
else {
  console.error(USAGE);
  process.exitCode = MISUSED;
}
