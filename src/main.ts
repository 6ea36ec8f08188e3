import { createApp } from './app.setup.js';
import { ConfigurationError, loadConfig, provideForDevelopment, readEnvironment } from './platform/config/index.js';
import { createLogger } from './platform/logging/index.js';

/** Starts the server; stops it, and what was started for it, on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  const provision = await provideForDevelopment(readEnvironment(process.env));
  try {
    await serve(provision);
  } catch (error) {
    await provision.stop();
    throw error;
  }
}

async function serve({ environment, stop }: Awaited<ReturnType<typeof provideForDevelopment>>): Promise<void> {
  const config = loadConfig(environment);
  const app = await createApp(config);
  await app.listen(config.port, '0.0.0.0');

  const address = `http://localhost:${new URL(await app.getUrl()).port}`;
  const logger = createLogger(config);
  logger.info(`Evergreen (${config.environment}) is up: API ${address}/api, documentation ${address}/docs`);
  for (const warning of config.warnings) logger.warn(warning);

  let isStopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void app
        .close()
        .then(stop)
        .then(() => process.exit(0), fail);
    });
  }
}

function fail(error: unknown): never {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exit(1);
}

main().catch(fail);
