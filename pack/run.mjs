import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Runs a program to its end.
 *
 * @returns {Promise<string>} its standard output
 * @throws with all that it printed, if it fails
 */
export async function run(command, args, options) {
  try {
    return (await execute(command, args, { maxBuffer: 64 * 1024 * 1024, ...options })).stdout;
  } catch (error) {
    const words = `${error.stdout ?? ''}${error.stderr ?? ''}` || error.message;
    throw new Error(`${command} ${args.join(' ')} failed:\n${words}`, { cause: error });
  }
}
