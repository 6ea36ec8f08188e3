import { readFileSync } from 'node:fs';
import type { Variables } from './environment.js';
import { SECRETS } from './variables.js';

/** What was read, and why something was not, each as the end of a sentence after a name. */
export interface SecretFiles {
  /** The given variables, and the secrets that files hold. */
  readonly variables: Variables;
  /** By the secret's name: a whole sentence that begins with the variable at fault. */
  readonly faults: ReadonlyMap<string, string>;
}

/**
 * Reads each secret whose file is named, such as `JWT_SECRET` where there is `JWT_SECRET_FILE`. One
 * newline at the end of a file does not count: editors and `echo` put it there. A fault repeats
 * neither what a file holds nor its name, in place of which somebody may have set the secret.
 */
export function readSecretFiles(given: Variables): SecretFiles {
  const variables: Record<string, string | undefined> = { ...given };
  const faults = new Map<string, string>();
  for (const name of SECRETS) {
    const file = given[`${name}_FILE`];
    if (!file) continue;
    const secret = readSecret(file);
    if (given[name]) faults.set(name, `${name}_FILE is set beside ${name}: leave one of them out`);
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
