import { spawn, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = resolve('packages/resource/dist/evergreen-resource.js');

/** Processes that a failed test has not stopped; they would prevent Jest from ending. */
const running = new Set<ChildProcess>();
afterAll(() => running.forEach((child) => child.kill('SIGKILL')));

export interface Program {
  readonly child: ChildProcess;
  /** All that it has written so far. */
  readonly output: string;
  /** Resolves with the exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Runs the built program with these variables alone. */
export function runSideCar(args: readonly string[], variables: NodeJS.ProcessEnv): Program {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (output += text.toString()));
  const ended = new Promise<number | NodeJS.Signals | null>((done) =>
    child.once('close', (code, signal) => {
      running.delete(child);
      done(code ?? signal);
    }),
  );
  return {
    child,
    ended,
    get output() {
      return output;
    },
  };
}

/** Waits until the program on this port says that it can judge tokens. */
export async function sideCarIsReady(port: number, program: Program): Promise<void> {
  const url = `http://127.0.0.1:${port}/health/ready`;
  const isReady = () =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  for (const deadline = Date.now() + 15_000; !(await isReady()); await sleep(20)) {
    if (program.child.exitCode !== null || Date.now() > deadline)
      throw new Error(`The side-car did not become ready:\n${program.output}`);
  }
}
