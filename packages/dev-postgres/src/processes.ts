import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { codeOf } from './error-code.js';

/** Whether a process has this number, be it ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * The arguments of a process, joined by blanks. Empty where it has ended, even if nobody has
 * collected it yet.
 */
export async function readCommandLine(pid: number): Promise<string> {
  // Small containers have no ps. Of what /proc tells about another user's process, this file needs
  // no further capabilities.
  if (process.platform === 'linux')
    return readFile(`/proc/${pid}/cmdline`, 'utf8').then(joinArguments, () => '');
  return promisify(execFile)('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
}

/** Sends a signal; `false` where the process had ended. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

function joinArguments(commandLine: string): string {
  return commandLine.split('\0').join(' ').trim();
}
