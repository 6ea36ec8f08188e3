import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { calendarText } from '../clock/index.js';
import type { Config } from '../config/index.js';
import { openDestination } from './destination.js';
import { withoutSecrets } from './secrets.js';

/** Where a log is written to: a terminal, before which somebody sits, or anything else. */
interface LogOutput {
  readonly isTTY: boolean;
  readonly fd: number;
}

/**
 * The one logger of the process: JSON lines, or in development, where a person sits before it,
 * lines for people. Nothing of ours logs a secret; what a team's own module logs without care is
 * blotted out by its name (`secrets.ts`).
 */
export async function createLogger(
  { environment, logLevel }: Pick<Config, 'environment' | 'logLevel'>,
  output: LogOutput = process.stdout,
): Promise<Logger> {
  const options: LoggerOptions = {
    level: logLevel,
    base: undefined,
    timestamp: () => `,"time":"${calendarText()}"`,
    serializers: { err: withoutValues, error: withoutValues, cause: withoutValues },
    formatters: { log: (members) => withoutSecrets(members) },
  };
  const forPeople =
    environment === 'development' && output.isTTY ? await openForPeople(output.fd) : undefined;
  return pino(options, forPeople ?? openDestination(output.fd));
}

/**
 * For lines whose members are known to be none of the secret ones: looking for them takes as long
 * as writing the line.
 */
export function withoutRedaction(logger: Logger): Logger {
  return logger.child({}, { formatters: { log: (members) => members } });
}

/** Undefined where the package is not there: it is optional, and production does without it. */
async function openForPeople(fd: number): Promise<DestinationStream | undefined> {
  const loaded = await import('pino-pretty').catch(() => undefined);
  return loaded?.default({
    destination: fd,
    sync: true,
    colorize: true,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
}

/**
 * An error without the values that a database driver attaches to it: parameters of the query,
 * contents of the row.
 */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code } = error as Error & { code?: unknown };
  return { type: name, code, message, stack };
}

/**
 * What Nest says of its own start, route by route; of use only to somebody who looks for a fault in
 * it.
 */
const NEST_INTERNALS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Lets Nest, and everything that uses Nest's `Logger`, write to the one logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(NEST_INTERNALS.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes the name of the context last, and texts, errors or a stack between. */
  private write(
    level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.pop();
    const details = rest.filter((detail) => detail !== undefined).map(withoutValues);
    const extra = { context, ...(details.length > 0 && { details }) };
    if (message instanceof Error) this.logger[level]({ ...extra, err: message });
    else if (typeof message === 'object' && message !== null)
      this.logger[level](
        { context, ...message },
        details.find((detail) => typeof detail === 'string'),
      );
    else this.logger[level](extra, String(message));
  }
}
