import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { listen } from './app.listen.js';
import { createApp } from './app.setup.js';
import { shutDown } from './app.shutdown.js';
import { startFailure } from './app.start-failure.js';
import {
  loadConfig,
  provideForDevelopment,
  readEnvironment,
  type Config,
} from './platform/config/index.js';

/** Sent by Ctrl-C, by service managers, and when a terminal is closed. */
const STOPPING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Starts the server. On a signal of `STOPPING_SIGNALS`, stops it and what was started for it. A
 * signal during the start takes effect after it.
 */
async function main(): Promise<void> {
  const signal = nextSignal();
  const provision = await provideForDevelopment(readEnvironment(process.env));
  try {
    const config = loadConfig(provision.environment);
    const app = await serve(config);
    await signal;
    await shutDown(app, config);
  } finally {
    await provision.stop();
  }
}

async function serve(config: Config): Promise<NestFastifyApplication> {
  const app = await createApp(config);
  await listen(app, config);

  const address = `http://localhost:${new URL(await app.getUrl()).port}`;
  const places = [
    `API ${address}/api`,
    `documentation ${address}/docs`,
    ...(config.consoleEnabled ? [`console ${address}/`] : []),
  ];
  new Logger('Evergreen').log(`Evergreen (${config.environment}) is running: ${places.join(', ')}`);
  return app;
}

async function nextSignal(): Promise<void> {
  await Promise.race(
    STOPPING_SIGNALS.map(
      (name) => new Promise<void>((resolve) => process.on(name, () => resolve())),
    ),
  );
}

/** Without files where one cannot be read, which is then the failure itself. */
function readableEnvironment(): ReturnType<typeof readEnvironment> {
  try {
    return readEnvironment(process.env);
  } catch {
    return process.env;
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(startFailure(error, readableEnvironment()));
    process.exit(1);
  },
);
