import { readCommandLine, type CommandLine } from './command-line.js';

const VARIABLES = {
  EVERGREEN_SERVER: 'https://auth.example.com',
  EVERGREEN_ISSUER: 'evergreen',
  EVERGREEN_AUDIENCE: 'evergreen-api',
  EVERGREEN_SERVICE_TOKEN: 'the-secret',
};

const FILES: Readonly<Record<string, string>> = { token: 'from-a-file\n', empty: '\n' };

function readFile(name: string): string {
  const text = FILES[name];
  if (text === undefined) throw Object.assign(new Error(`no ${name}`), { code: 'ENOENT' });
  return text;
}

const read = (args: string[], variables: Record<string, string> = VARIABLES) =>
  readCommandLine(args, variables, readFile);

function faultsOf(commandLine: CommandLine): readonly string[] {
  return commandLine.kind === 'refused' ? commandLine.faults : [];
}

describe('readCommandLine', () => {
  it('listens on port 9000 of the loopback interface unless told otherwise', () => {
    const settings = {
      server: 'https://auth.example.com',
      issuer: 'evergreen',
      audience: 'evergreen-api',
      serviceToken: 'the-secret',
    };
    expect(read([])).toEqual({
      kind: 'run',
      settings: { ...settings, host: '127.0.0.1', port: 9000 },
    });
    expect(read(['--host', '::', '--port=80'])).toEqual({
      kind: 'run',
      settings: { ...settings, host: '::', port: 80 },
    });
  });

  it('prefers an option to its variable', () => {
    const options = ['--server', 'http://a', '--issuer', 'b', '--audience', 'c'];
    expect(read(options)).toMatchObject({
      settings: { server: 'http://a', issuer: 'b', audience: 'c' },
    });
  });

  it('names every setting that is missing, also one that is empty', () => {
    expect(faultsOf(read([], { EVERGREEN_ISSUER: '' }))).toEqual([
      'EVERGREEN_SERVER (or --server) is missing.',
      'EVERGREEN_ISSUER (or --issuer) is missing.',
      'EVERGREEN_AUDIENCE (or --audience) is missing.',
      'EVERGREEN_SERVICE_TOKEN (or EVERGREEN_SERVICE_TOKEN_FILE) is missing.',
    ]);
  });

  it('reads the service token from a file, without the newline at its end', () => {
    const { EVERGREEN_SERVICE_TOKEN: _, ...others } = VARIABLES;
    const from = (file: string) => read([], { ...others, EVERGREEN_SERVICE_TOKEN_FILE: file });
    expect(from('token')).toMatchObject({ settings: { serviceToken: 'from-a-file' } });
    expect(faultsOf(from('empty'))).toEqual(['EVERGREEN_SERVICE_TOKEN_FILE names an empty file.']);
    // The secret itself, in the wrong variable, must not be printed.
    expect(faultsOf(from('the-secret'))).toEqual([
      'EVERGREEN_SERVICE_TOKEN_FILE names a file that cannot be read (ENOENT).',
    ]);
  });

  it('refuses a service token that is given twice', () => {
    const both = { ...VARIABLES, EVERGREEN_SERVICE_TOKEN_FILE: 'token' };
    expect(faultsOf(read([], both))).toHaveLength(1);
  });

  it.each(['65536', '-1', '80a', '1e3', ''])('refuses the port %j', (port) => {
    expect(faultsOf(read([`--port=${port}`]))).toEqual([
      '--port must be a number from 0 to 65535.',
    ]);
  });

  it.each([['--service-token=the-secret'], ['--port'], ['the-secret'], ['-x']])(
    'refuses the argument %s, and does not repeat its value',
    (argument) => {
      const faults = faultsOf(read([argument]));
      expect(faults).toHaveLength(1);
      expect(faults[0]).not.toContain('the-secret');
    },
  );

  it('offers help', () => {
    expect(read(['--help'], {})).toEqual({ kind: 'help' });
  });
});
