import { readFileSync } from 'node:fs';
import type { Variables } from './environment.js';
import { SECRETS } from './variables.js';

/** The result of reading the files of secrets. */
export interface SecretFiles {
  /** The given variables, and the secrets from files. */
  readonly variables: Variables;
  /** By the name of the secret: a sentence that begins with the invalid variable. */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Reads each secret from its file, such as `JWT_SECRET` from `JWT_SECRET_FILE`. It ignores one
 * newline at the end of a file, which editors and `echo` add. A fault contains neither the text nor
 * the name of a file, since somebody may have set the secret itself instead of the name.
 */
export function readSecretFiles(given: Variables): SecretFiles {
  const variables: Record<string, string | undefined> = { ...given };
  const faults = new Map<string, string>();
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (!file) continue;
    const secret = readSecret(file);
    if (given[name]) faults.set(name, `${name}_FILE and ${name} are both set: remove one of them`);
    else if (secret.fault) faults.set(name, `${name}_FILE ${secret.fault}`);
    else variables[name] = secret.text;
  }
  return { variables, faults };
}

function readSecret(file: string): { readonly text?: string; readonly fault?: string } {
  try {
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    return text ? { text } : { fault: 'names an empty file' };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { fault: `names a file that cannot be read (${code})` };
  }
}
