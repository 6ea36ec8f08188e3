import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalUrl } from './app.aliases.js';
import { serveDocumentation } from './app.documentation.js';
import { AppModule } from './app.module.js';
import type { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { fastifyOptions } from './platform/http/index.js';
import { createLogger, NestLogger } from './platform/logging/index.js';

export interface AppOptions {
  /** A team's own modules, guarded like ours. */
  readonly modules?: ModuleMetadata['imports'];
  /** Another time than the system's, for tests. */
  readonly clock?: Clock;
}

/**
 * The application, ready to listen: what `main.ts` and the tests share. The database is up to date
 * once this resolves.
 */
export async function createApp(
  config: Config,
  { modules = [], clock }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const logger = await createLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule([AppModule.forRoot(config, { clock, logger }), ...modules]),
    new FastifyAdapter(fastifyOptions(config, canonicalUrl)),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  serveDocumentation(app);
  return app.init();
}

@Module({})
class RootModule {}

function rootModule(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  return { module: RootModule, imports };
}
