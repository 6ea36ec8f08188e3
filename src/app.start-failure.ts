import { inspect } from 'node:util';
import { ConfigurationError, describeMisspellings } from './platform/config/index.js';

/** What Node, libuv and PostgreSQL add to their errors. */
interface SystemError {
  readonly code?: string;
  readonly syscall?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/**
 * What whoever starts the server reads where it cannot start: a sentence where it says all that they
 * need, and the error itself otherwise. A line for each misspelt variable follows, since the failure
 * may be due to one: `DATABASE_ULR`, for example, leaves the server without its database.
 *
 * @param environment the variables of the process and of its files
 */
export function startFailure(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const failure = sentenceFor(error, environment) ?? inspect(error);
  const unnamed = describeMisspellings(environment).filter((line) => !failure.includes(line));
  return [failure, ...unnamed].join('\n');
}

function sentenceFor(
  error: unknown,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (error instanceof ConfigurationError) return error.message;
  const { code = '', syscall, address, hostname, port } = Object(error) as SystemError;
  if (syscall === 'listen') {
    const variable = environment.METRICS_PORT === String(port) ? 'METRICS_PORT' : 'PORT';
    return ofPort(code, `${address}:${port}`, variable);
  }
  return ofDatabase(code, `${address ?? hostname ?? 'its host'}${port ? `:${port}` : ''}`);
}

function ofPort(code: string, place: string, variable: string): string | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return `${place} is used by another process. Stop that one, or set ${variable}.`;
    case 'EACCES':
      return `This user may not listen at ${place}. Set ${variable} to 1024 or above.`;
    case 'EADDRNOTAVAIL':
      return `${place} is no address of this machine. Look at HOST.`;
    default:
      return undefined;
  }
}

/** Codes of five characters are PostgreSQL's (Appendix A of its manual). */
function ofDatabase(code: string, place: string): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ETIMEDOUT':
      return `No PostgreSQL responds at ${place}. Look at DATABASE_URL, and whether it runs.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The host of DATABASE_URL has no address: ${place}.`;
    case '28P01':
    case '28000':
      return 'PostgreSQL refuses the user or the password of DATABASE_URL.';
    case '3D000':
      return 'PostgreSQL has no database of the name in DATABASE_URL. Create it first.';
    default:
      return undefined;
  }
}
