import { parseArgs } from 'node:util';

/** What the program is to do. */
export type CommandLine =
  | { readonly kind: 'run'; readonly settings: SideCarSettings }
  | { readonly kind: 'help' }
  /** One sentence for each fault. None contains a value, which may be a secret in a wrong place. */
  | { readonly kind: 'refused'; readonly faults: readonly string[] };

export interface SideCarSettings {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly server: string;
  readonly issuer: string;
  readonly audience: string;
  readonly serviceToken: string;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Loopback: whoever can reach the side-car may ask it about tokens. */
const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = '9000';

export const USAGE = `Usage: evergreen-resource [options]

Answers GET /verify for a proxy: 200 and who the caller is, 401, or 503.

  --port <number>      ${DEFAULT_PORT} by default
  --host <address>     ${DEFAULT_HOST} by default
  --server <url>       EVERGREEN_SERVER: address of the server that issues the tokens
  --issuer <text>      EVERGREEN_ISSUER: JWT_ISSUER of that server
  --audience <text>    EVERGREEN_AUDIENCE: JWT_AUDIENCE of that server
  --help

The secret of this service in SERVICE_TOKENS of the server is read from EVERGREEN_SERVICE_TOKEN, or
from the file that EVERGREEN_SERVICE_TOKEN_FILE names: the arguments of a program are no secret.`;

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  server: { type: 'string' },
  issuer: { type: 'string' },
  audience: { type: 'string' },
  help: { type: 'boolean' },
} as const;

/** A setting, or the sentence that says why there is none. */
type Reading = { readonly text: string } | { readonly fault: string };

/**
 * Reads the settings: an option wins over its variable.
 *
 * @param readFile throws an error with a `code` if the file cannot be read
 */
export function readCommandLine(
  args: readonly string[],
  variables: Variables,
  readFile: (name: string) => string,
): CommandLine {
  const options = parsed(args);
  if (typeof options === 'string') return { kind: 'refused', faults: [options] };
  if (options.help) return { kind: 'help' };
  const faults: string[] = [];
  const textOf = (reading: Reading) => {
    if ('text' in reading) return reading.text;
    faults.push(reading.fault);
    return '';
  };
  const settings: SideCarSettings = {
    host: options.host ?? DEFAULT_HOST,
    port: Number(textOf(readPort(options.port ?? DEFAULT_PORT))),
    server: textOf(readSetting('server', options.server, variables)),
    issuer: textOf(readSetting('issuer', options.issuer, variables)),
    audience: textOf(readSetting('audience', options.audience, variables)),
    serviceToken: textOf(readServiceToken(variables, readFile)),
  };
  return faults.length > 0 ? { kind: 'refused', faults } : { kind: 'run', settings };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    return faultOf(String(error));
  }
}

/** Node repeats an argument that is no option, which may be a secret. */
function faultOf(message: string): string {
  const [, option] = /'(-[^ ']*)/.exec(message) ?? [];
  return option
    ? `The option ${option} is unknown, or lacks its value: see --help.`
    : 'Each setting has an option of its own: see --help.';
}

function readPort(text: string): Reading {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return { text };
  return { fault: '--port must be a number from 0 to 65535.' };
}

function readSetting(
  name: 'server' | 'issuer' | 'audience',
  option: string | undefined,
  variables: Variables,
): Reading {
  const variable = `EVERGREEN_${name.toUpperCase()}`;
  const text = option || variables[variable];
  return text ? { text } : { fault: `${variable} (or --${name}) is missing.` };
}

function readServiceToken(variables: Variables, readFile: (name: string) => string): Reading {
  const { EVERGREEN_SERVICE_TOKEN: text, EVERGREEN_SERVICE_TOKEN_FILE: file } = variables;
  if (text && file)
    return {
      fault:
        'EVERGREEN_SERVICE_TOKEN and EVERGREEN_SERVICE_TOKEN_FILE are both set: remove one of them.',
    };
  if (text) return { text };
  if (file) return readTokenFile(file, readFile);
  return { fault: 'EVERGREEN_SERVICE_TOKEN (or EVERGREEN_SERVICE_TOKEN_FILE) is missing.' };
}

/** A fault contains no name of a file: somebody may have set the secret itself instead of it. */
function readTokenFile(file: string, readFile: (name: string) => string): Reading {
  try {
    // Editors and `echo` add a newline.
    const text = readFile(file).replace(/\r?\n$/, '');
    return text ? { text } : { fault: 'EVERGREEN_SERVICE_TOKEN_FILE names an empty file.' };
  } catch (error) {
    const { code = 'unknown' } = error as { code?: string };
    return { fault: `EVERGREEN_SERVICE_TOKEN_FILE names a file that cannot be read (${code}).` };
  }
}
