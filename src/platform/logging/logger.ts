import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { calendarText } from '../clock/index.js';
import type { Config } from '../config/index.js';
import { openDestination } from './destination.js';
import { lineForPeople } from './line-for-people.js';
import { withoutSecrets } from './secrets.js';

/** Where a log is written to: a terminal, or anything else. */
interface LogOutput {
  readonly isTTY: boolean;
  readonly fd: number;
}

/**
 * The one logger of the process. It writes lines of JSON, or in development at a terminal lines
 * that are easy to read. Our own code logs no secret. Secrets that a team's own module logs by
 * mistake are replaced by `[redacted]`, if their member has one of the names in `secrets.ts`.
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
 * A logger for lines that have no secret member: looking for such members takes as long as writing
 * the line.
 */
export function withoutRedaction(logger: Logger): Logger {
  return logger.child({}, { formatters: { log: (members) => members } });
}

/** Undefined if `pino-pretty` is not installed: it is optional, and not needed in production. */
async function openForPeople(fd: number): Promise<DestinationStream | undefined> {
  const loaded = await import('pino-pretty').catch(() => undefined);
  const terminal = loaded?.default({
    destination: fd,
    sync: true,
    colorize: true,
    translateTime: 'SYS:HH:MM:ss.l',
    singleLine: true,
  });
  return terminal && { write: (line) => terminal.write(lineForPeople(line)) };
}

/**
 * An error without the values that a database driver adds to it: the parameters of the query and
 * the contents of the row.
 */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code } = error as Error & { code?: unknown };
  return { type: name, code, message, stack };
}

/**
 * The contexts of the lines that Nest writes during its start, one for each route. They help only
 * to find a fault in the start itself.
 */
const NEST_INTERNALS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Nest, and all code that uses Nest's `Logger`, writes to the one logger through this class. */
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

  /** Nest passes the message first, the context last, and texts, errors or a stack between them. */
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
