/**
 * The command `npm run admin`, for operators in an emergency. It runs the application's own
 * services directly on the database, so that it works with or without running servers. See
 * docs/operations/repair.md.
 */
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { inspect } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { isUUID } from 'class-validator';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import {
  AdminService,
  NoSuchFileError,
  parseInstant,
  toImportResult,
  toListing,
  toRevocationStatus,
  toUserDetails,
  UserImport,
  visible,
} from './admin/index.js';
import { AppModule } from './app.module.js';
import { Stopwatch } from './platform/clock/index.js';
import {
  loadConfig,
  provideForDevelopment,
  readEnvironment,
  type Config,
} from './platform/config/index.js';
import { isDatabaseOutage } from './platform/errors/index.js';
import { createLogger, NestLogger } from './platform/logging/index.js';
import { isRole, type User } from './users/index.js';

/** Exit codes, which scripts may rely on. */
const EXIT = {
  done: 0,
  failed: 1,
  misused: 2,
  notFound: 3,
  unavailable: 4,
  /** An import is finished, and some lines were skipped. */
  doneInPart: 5,
} as const;

/** How often an import tells how far it is. */
const PROGRESS_EVERY_MS = 10_000;

/** There is no such user or session. */
class NotFound extends Error {}

/** Does what an operator requests; returns what to print. */
type Work = (admin: AdminService, users: UserImport) => Promise<object>;

function commandLine(run: (work: Work) => Promise<void>): Command {
  const program = new Command('admin')
    .description(
      'Manages users and sessions, with the configuration of the servers. A <user> is an address or an id.',
    )
    .option('--json', 'print JSON')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => print(linesOf(text)),
      writeErr: (text) => print(linesOf(text), process.stderr),
    })
    .exitOverride();
  const forUser =
    (work: (admin: AdminService, user: User) => object | Promise<object>) => (name: string) =>
      run(async (admin) => work(admin, await existing(admin, name)));

  const user = program
    .command('user')
    .description('show, deactivate, reactivate and delete a user, and change their roles');
  user
    .command('show <user>')
    .description('show a user')
    .action(forUser((_, found) => toUserDetails(found)));
  user
    .command('deactivate <user>')
    .description('prevent a user from signing in, and end all their sessions')
    .action(forUser(async (admin, found) => ({ revoked: await admin.deactivate(found) })));
  user
    .command('reactivate <user>')
    .description('allow a user to sign in again')
    .action(forUser(async (admin, found) => toUserDetails(await reactivated(admin, found))));
  user
    .command('roles <user>')
    .description('show the roles of a user; give or take some, which signs nobody out')
    .option('--add <role>', 'give a role; may be repeated', roles, [])
    .option('--remove <role>', 'take a role away; may be repeated', roles, [])
    .action((name: string, change: { add: string[]; remove: string[] }) =>
      run(async (admin) => {
        const found = await existing(admin, name);
        await admin.changeRoles(found, change);
        return { roles: (await existing(admin, found.id)).roles };
      }),
    );
  user
    .command('reset-password <user>')
    .description('mail a user a link to set a new password, or print it where no mail is sent')
    .action(forUser((admin, found) => admin.resetPassword(active(found))));

  user
    .command('delete <user>')
    .description('delete the account of a user, and everything that is kept about them')
    .requiredOption('--yes', 'confirm it, since it cannot be undone')
    .action(forUser(async (admin, found) => ({ revoked: await admin.deleteUser(found) })));

  program
    .command('users')
    .description('import users')
    .command('import <file>')
    .description('add the users of a file with one JSON object per line; see docs/import.md')
    .option('--dry-run', 'tell what would be done, and add nobody')
    .option('--report <file>', 'where to write which lines were skipped, and why')
    .action((file: string, options: { dryRun?: true; report?: string }) =>
      run((_, users) => importUsers(users, file, options)),
    );

  const sessions = program.command('sessions').description('list and end sessions');
  sessions
    .command('list <user>')
    .description('list the live sessions of a user')
    .action(forUser(async (admin, found) => toListing(await admin.listSessions(found))));
  sessions
    .command('end <user> [session]')
    .description('end all sessions of a user, or the one with the given id')
    .action((name: string, session?: string) =>
      run(async (admin) => end(admin, await existing(admin, name), session)),
    );
  sessions
    .command('end-all')
    .description('end all sessions of all users that began before an instant')
    .requiredOption('--before <instant>', 'such as 2026-11-21T09:00:00Z', instant)
    .action(({ before }: { before: Date }) =>
      run(async (admin) => ({ revoked: await admin.endSessionsBegunBefore(before) })),
    );

  program
    .command('feed')
    .description('show the blacklist, and which instances follow it')
    .action(() => run(async (admin) => toRevocationStatus(await admin.reportRevocations())));
  return program;
}

async function existing(admin: AdminService, name: string): Promise<User> {
  const user = await admin.findUser(name);
  if (!user) throw new NotFound('There is no such user.');
  return user;
}

function active(user: User): User {
  if (user.deactivatedAt) throw new NotFound('The user is deactivated; reactivate them first.');
  return user;
}

async function reactivated(admin: AdminService, user: User): Promise<User> {
  await admin.reactivate(user);
  return existing(admin, user.id);
}

async function end(
  admin: AdminService,
  user: User,
  session?: string,
): Promise<{ revoked: number }> {
  if (session === undefined) return { revoked: await admin.endSessions(user) };
  if (!isUUID(session) || !(await admin.endSession(user, session)))
    throw new NotFound('The user has no such live session.');
  return { revoked: 1 };
}

function roles(name: string, others: string[]): string[] {
  if (!isRole(name))
    throw new InvalidArgumentError('A role has at most 64 letters, digits, and _ - : .');
  return [...others, name];
}

async function importUsers(
  users: UserImport,
  file: string,
  { dryRun: isDryRun = false, report }: { dryRun?: boolean; report?: string },
): Promise<object> {
  let told = new Stopwatch();
  const result = await users.run(file, {
    isDryRun,
    reportPath: report,
    onProgress: ({ lines, imported, skipped }) => {
      if (told.elapsedMs() < PROGRESS_EVERY_MS) return;
      told = new Stopwatch();
      print([`${lines} lines: ${imported} imported, ${skipped} skipped`], process.stderr);
    },
  });
  if (result.skipped > 0) process.exitCode = EXIT.doneInPart;
  return toImportResult(result, isDryRun);
}

function instant(text: string): Date {
  const parsed = parseInstant(text);
  if (!parsed) throw new InvalidArgumentError('It must be an instant with its offset from UTC.');
  return parsed;
}

/**
 * Starts the application without its routes, does the work, and stops it. Its log goes to standard
 * error, separate from the result.
 */
async function withAdmin(work: Work): Promise<object> {
  const provision = await provideForDevelopment(readEnvironment(process.env));
  try {
    const config = forCommand(loadConfig(provision.environment));
    const logger = new NestLogger(await createLogger(config, process.stderr));
    const app = await NestFactory.createApplicationContext(AppModule.forCommand(config), {
      logger,
      abortOnError: false,
    });
    try {
      return await work(
        app.get(AdminService, { strict: false }),
        app.get(UserImport, { strict: false }),
      );
    } finally {
      await app.close();
    }
  } finally {
    await provision.stop();
  }
}

/**
 * Without the port of metrics, which a server on this machine may use, and with another
 * `application_name`, so that this process does not count as an instance.
 */
function forCommand(config: Config): Config {
  const { directUrl } = config.database;
  const named = `${directUrl}${directUrl.includes('?') ? '&' : '?'}application_name=evergreen-admin`;
  return {
    ...config,
    metricsPort: undefined,
    logLevel: 'warn',
    database: { ...config.database, directUrl: named },
  };
}

/** Formats lists as tables, and everything else as one name and value per line. */
function forPeople(result: object): string[] {
  return (Object.entries(result) as [string, unknown][]).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return `${name}: ${textOf(value)}`;
    if (value.every((one) => typeof one === 'string'))
      return `${name}: ${value.join(' ') || 'none'}`;
    return tableOf(value);
  });
}

function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function tableOf(rows: readonly unknown[]): string[] {
  const drawn = new PassThrough({ encoding: 'utf8' });
  new Console(drawn).table(rows);
  return linesOf(String(drawn.read()));
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

/** The only way to print: names, devices and addresses are untrusted text. */
function print(lines: readonly string[], output: NodeJS.WritableStream = process.stdout): void {
  for (const line of lines) output.write(`${visible(line)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.misused;
  if (error instanceof NotFound) return EXIT.notFound;
  if (error instanceof NoSuchFileError) return EXIT.misused;
  return isDatabaseOutage(error) ? EXIT.unavailable : EXIT.failed;
}

const program = commandLine(async (work) => {
  const result = await withAdmin(work);
  print(program.opts<{ json?: true }>().json ? [JSON.stringify(result)] : forPeople(result));
});

program.parseAsync().then(
  () => process.exit(process.exitCode ?? EXIT.done),
  (error: unknown) => {
    // Commander has already printed what was wrong with the command.
    if (!(error instanceof CommanderError))
      print(linesOf(error instanceof Error ? error.message : inspect(error)), process.stderr);
    process.exit(exitCodeOf(error));
  },
);
