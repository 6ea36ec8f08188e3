#!/usr/bin/env node
/**
 * The program `evergreen-resource`: a side-car that tells a proxy whether a request may pass. See
 * docs/other-services.md.
 */
import { readFileSync } from 'node:fs';
import { Closing } from '../closing.js';
import { systemClock } from '../time/clock.js';
import { createVerifier, type Verifier } from '../verifier.js';
import { readCommandLine, USAGE, type SideCarSettings } from './command-line.js';
import { jsonLog } from './json-log.js';
import { ServerProbe } from './server-probe.js';
import { startSideCar, type SideCar } from './side-car.js';

/** Exit codes, which scripts may rely on. */
const EXIT = { failed: 1, misused: 2 } as const;

const log = jsonLog(
  (line) => process.stdout.write(line),
  () => new Date(),
);

const command = readCommandLine(process.argv.slice(2), process.env, (name) =>
  readFileSync(name, 'utf8'),
);
switch (command.kind) {
  case 'help':
    process.stdout.write(`${USAGE}\n`);
    break;
  case 'refused':
    misuse(command.faults);
    break;
  case 'run':
    await run(command.settings);
    break;
}

async function run({ host, port, ...settings }: SideCarSettings): Promise<void> {
  const verifier = verifierFor(settings);
  if (!verifier) return;
  const closing = new Closing();
  closing.onClose(() => verifier.close());
  const probe = new ServerProbe(settings.server, systemClock, closing);
  const options = { verifier, canAsk: () => probe.canAsk(), host, port, logger: log };
  try {
    const sideCar = await startSideCar(options);
    log.info(`Answers ${sideCar.url}/verify.`);
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => void stop(signal, sideCar, closing));
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    log.error(`Cannot listen on port ${port} of ${host} (${code}).`);
    process.exitCode = EXIT.failed;
    closing.close();
  }
}

/** The process ends by itself, as nothing is left to do. */
async function stop(signal: string, sideCar: SideCar, closing: Closing): Promise<void> {
  log.info(`Stopping after ${signal}.`);
  await sideCar.close();
  closing.close();
  log.info('Stopped.');
}

function verifierFor(settings: Omit<SideCarSettings, 'host' | 'port'>): Verifier | undefined {
  try {
    return createVerifier({ ...settings, logger: log });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    misuse([error.message.replace('createVerifier: ', '')]);
    return undefined;
  }
}

function misuse(faults: readonly string[]): void {
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = EXIT.misused;
}
