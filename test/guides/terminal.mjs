import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { patternOf } from './read-guide.mjs';

const COMMANDS_WITHIN_MS = 240_000;
const SERVER_WITHIN_MS = 90_000;
const STOPS_WITHIN_MS = 20_000;

/** Ends the output of the commands of one step, with their exit code. */
const END = /\n--- end of step (\d+)\n/;

/** A shell as a reader has it: its folder and variables stay from step to step. */
export class Terminal {
  #shell;
  #servers = [];
  #environment;

  constructor(folder, environment) {
    this.#environment = environment;
    this.#shell = this.#start(['-e', '-o', 'pipefail'], folder);
  }

  /** Runs commands to their end, which must succeed and print what the guide says. */
  async run({ script, prints }) {
    const output = await this.#outputOf(script);
    if (prints === undefined) return;
    assert.match(output.trim(), new RegExp(`^${patternOf(prints)}$`), `It printed:\n${output}`);
  }

  /** Starts a server in the folder of the shell, and waits until it prints what the guide says. */
  async keepRunning({ script, prints }) {
    assert.ok(prints, 'The guide does not say what it prints when it is ready.');
    const server = this.#start(['-c', script], await this.folder());
    this.#servers.push(server);
    await server.printed(new RegExp(patternOf(prints)), SERVER_WITHIN_MS);
  }

  async write({ path, text }) {
    const file = resolve(await this.folder(), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  async folder() {
    return (await this.#outputOf('pwd')).trim();
  }

  /** What its servers have printed. */
  get log() {
    return this.#servers.map(({ output }) => output).join('\n');
  }

  async close() {
    await Promise.all([...this.#servers, this.#shell].map((child) => child.stop()));
  }

  async #outputOf(script) {
    const shell = this.#shell;
    shell.output = '';
    shell.type(`{\n${script}\n} </dev/null 2>&1; printf '\\n--- end of step %d\\n' $?\n`);
    const [, code] = await shell.printed(END, COMMANDS_WITHIN_MS);
    const output = shell.output.replace(END, '');
    assert.equal(code, '0', `It failed:\n${output}`);
    return output;
  }

  #start(args, cwd) {
    return new Child(spawn('bash', args, { cwd, env: this.#environment, detached: true }));
  }
}

/** A process with all that it starts, and what they print. */
class Child {
  output = '';
  #process;
  #heard = () => {};
  #ended = false;

  constructor(process) {
    this.#process = process;
    for (const stream of [process.stdout, process.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        this.output += stripVTControlCharacters(text);
        this.#heard();
      });
    process.stdin.on('error', () => {});
    process.once('exit', () => {
      this.#ended = true;
      this.#heard();
    });
  }

  type(text) {
    this.#process.stdin.write(text);
  }

  /** @returns {Promise<RegExpExecArray>} as soon as the output has it */
  printed(pattern, withinMs) {
    return new Promise((resolve, reject) => {
      const fail = (why) => {
        this.#heard = () => {};
        clearTimeout(timer);
        reject(new Error(`${why}:\n${this.output}`));
      };
      const timer = setTimeout(() => fail(`It did not print ${pattern}`), withinMs);
      this.#heard = () => {
        const found = pattern.exec(this.output);
        if (!found) return this.#ended && fail('It ended');
        this.#heard = () => {};
        clearTimeout(timer);
        resolve(found);
      };
      this.#heard();
    });
  }

  /** As Ctrl-C does it, for the whole group. */
  async stop() {
    if (!this.#signal('SIGINT')) return;
    const until = Date.now() + STOPS_WITHIN_MS;
    while (this.#signal(0) && Date.now() < until) await new Promise((done) => setTimeout(done, 50));
    this.#signal('SIGKILL');
  }

  #signal(signal) {
    try {
      return process.kill(-this.#process.pid, signal);
    } catch {
      return false; // None of them is left.
    }
  }
}
