import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually } from './eventually.js';
import { startServer, type ServerProcess } from './server-process.js';

const PRELOADED = pathToFileURL(resolve('test/support/wrong-date.mjs')).href;

/** A server on a machine with a wrong system clock. */
export interface MistimedServer extends ServerProcess {
  /** Changes the error of the running process's system clock. */
  jump(wrongByMs: number): Promise<void>;
}

/**
 * Starts the built server with a system clock that is ahead by `wrongByMs`, or behind if negative.
 */
export async function startMistimedServer(
  env: Readonly<Record<string, string>>,
  wrongByMs: number,
): Promise<MistimedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-clock-'));
  const file = join(folder, 'wrong-by');
  writeFileSync(file, String(wrongByMs));
  const server = await startServer({
    ...env,
    NODE_OPTIONS: `--import ${PRELOADED}`,
    TEST_WRONG_DATE_FILE: file,
  });
  return {
    url: server.url,
    get log() {
      return server.log;
    },
    signal: (name) => server.signal(name),
    stop: async (signal) => {
      const end = await server.stop(signal);
      rmSync(folder, { recursive: true, force: true });
      return end;
    },
    jump: async (byMs) => {
      const said = server.log.length;
      writeFileSync(file, String(byMs));
      server.signal('SIGUSR2');
      await eventually(() => server.log.slice(said).includes(`wrong by ${byMs} ms now`));
    },
  };
}
