import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import type { Config } from '../config/index.js';

/** The one logger of the process: JSON lines on standard output. */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino({
    level: logLevel,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutValues, error: withoutValues, cause: withoutValues },
  });
}

/** An error without the values that a database driver attaches to it: parameters of the query, contents of the row. */
function withoutValues(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code } = error as Error & { code?: unknown };
  return { type: name, code, message, stack };
}

/** What Nest says of its own start, route by route; of use only to somebody who looks for a fault in it. */
const NEST_INTERNALS = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

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
  private write(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal', message: unknown, rest: unknown[]): void {
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
