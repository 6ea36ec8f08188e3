import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'dotenv';
import { ConfigurationError } from './configuration-error.js';

/** Variables by name, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The folder of the package, three levels above this one, both in `src` and in `dist`. */
const PACKAGE_FOLDER = join(import.meta.dirname, '../../..');

/**
 * The variables of this process; those that are not set come from `.env` of the working folder,
 * then from its `.env.<NODE_ENV>`, then from the package's. Each file is optional and may omit any
 * variable; `variables.ts` has the defaults. An empty variable counts as not set. `NODE_ENV` is
 * `development` unless the process or `.env` sets it. Of the two variables for the access token's
 * lifetime, the result contains at most one.
 *
 * @throws ConfigurationError if a file exists and cannot be read
 */
export function readEnvironment(processVariables: Variables, folder = process.cwd()): Variables {
  const own = [withoutEmpty(processVariables), read(join(folder, '.env'))];
  const NODE_ENV = own.find((source) => source.NODE_ENV)?.NODE_ENV ?? 'development';
  const sources = [...own, ...filesOf(NODE_ENV, folder)];
  return {
    ...(Object.assign({}, ...[...sources].reverse()) as Variables),
    ...accessLifetimeOf(sources),
    NODE_ENV,
    // libuv reads it from the process itself, so a value in a file has no effect.
    UV_THREADPOOL_SIZE: own[0]?.UV_THREADPOOL_SIZE,
  };
}

function filesOf(environment: string, folder: string): Variables[] {
  if (!/^\w+$/.test(environment)) return [];
  return [folder, PACKAGE_FOLDER].map((place) => read(join(place, `.env.${environment}`)));
}

function read(file: string): Variables {
  try {
    return withoutEmpty(parse(readFileSync(file)));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    // A folder named .env is a Python virtual environment.
    if (code === 'ENOENT' || code === 'EISDIR') return {};
    throw new ConfigurationError([`${basename(file)} cannot be read (${code})`]);
  }
}

/**
 * The first source that sets either variable decides, so that the package's file does not override
 * a user's choice; if one source sets both, `ACCESS_TOKEN_EXPIRE_MINUTES` is used.
 */
function accessLifetimeOf(sources: readonly Variables[]): Variables {
  const { ACCESS_TOKEN_EXPIRE_MINUTES, JWT_EXPIRES_IN } =
    sources.find((source) => source.ACCESS_TOKEN_EXPIRE_MINUTES ?? source.JWT_EXPIRES_IN) ?? {};
  return {
    ACCESS_TOKEN_EXPIRE_MINUTES,
    JWT_EXPIRES_IN: ACCESS_TOKEN_EXPIRE_MINUTES ? undefined : JWT_EXPIRES_IN,
  };
}

function withoutEmpty(variables: Variables): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
}
