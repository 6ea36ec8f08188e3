import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';

/** Variables by name, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where the files stand: the package's own folder, three levels above this one in `src` and `dist`
 * alike.
 */
const PACKAGE_FOLDER = join(import.meta.dirname, '../../..');

/**
 * The variables of this process and, for what is not set there, those of `.env.<NODE_ENV>`. An
 * empty one counts as not set; `NODE_ENV` is `development` where nothing says otherwise. Of the two
 * names of the access token's lifetime one is left.
 */
export function readEnvironment(processVariables: Variables): Variables {
  const given = { NODE_ENV: 'development', ...withoutEmpty(processVariables) };
  const all: Record<string, string | undefined> = { ...fileOf(given.NODE_ENV), ...given };
  // The file's ACCESS_TOKEN_EXPIRE_MINUTES is a mere default: it does not outweigh a JWT_EXPIRES_IN
  // that somebody chose.
  const unused =
    'ACCESS_TOKEN_EXPIRE_MINUTES' in given || !all.JWT_EXPIRES_IN
      ? 'JWT_EXPIRES_IN'
      : 'ACCESS_TOKEN_EXPIRE_MINUTES';
  return { ...all, [unused]: undefined };
}

function fileOf(environment: string): Variables {
  const file = join(PACKAGE_FOLDER, `.env.${environment}`);
  return /^\w+$/.test(environment) && existsSync(file)
    ? withoutEmpty(parse(readFileSync(file)))
    : {};
}

function withoutEmpty(variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
