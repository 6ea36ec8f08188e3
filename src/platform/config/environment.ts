import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'dotenv';
import { ConfigurationError } from './configuration-error.js';

/** Variables by name, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The package's own folder, three levels above this one in `src` and `dist` alike. */
const PACKAGE_FOLDER = join(import.meta.dirname, '../../..');

/**
 * The variables of this process; what is not set there comes from `.env` of the working folder,
 * then from its `.env.<NODE_ENV>`, then from the package's. Each file may be missing, and may leave
 * out any variable: defaults stand in `variables.ts`. An empty variable counts as not set;
 * `NODE_ENV` is `development` where neither the process nor `.env` says otherwise. Of the two names
 * of the access token's lifetime at most one is left.
 *
 * @throws ConfigurationError where a file is there and cannot be read.
 */
export function readEnvironment(processVariables: Variables, folder = process.cwd()): Variables {
  const own = [withoutEmpty(processVariables), read(join(folder, '.env'))];
  const NODE_ENV = own.find((source) => source.NODE_ENV)?.NODE_ENV ?? 'development';
  const sources = [...own, ...filesOf(NODE_ENV, folder)];
  return {
    ...(Object.assign({}, ...[...sources].reverse()) as Variables),
    ...accessLifetimeOf(sources),
    NODE_ENV,
    // Read by libuv from the process itself, so what a file says of it has no effect.
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
    // A folder named .env is a virtual environment of Python.
    if (code === 'ENOENT' || code === 'EISDIR') return {};
    throw new ConfigurationError([`${basename(file)} cannot be read (${code})`]);
  }
}

/**
 * The first source that sets either name decides, so that the package's file does not outweigh what
 * somebody chose; where one source sets both, `ACCESS_TOKEN_EXPIRE_MINUTES` does.
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
