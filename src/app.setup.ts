import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalUrl } from './app.aliases.js';
import { serveDocumentation } from './app.documentation.js';
import { AppModule } from './app.module.js';
import { AccessGuard } from './auth/index.js';
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

/**
 * Every route of the application is closed, unless it is marked `@Public()`. Global guards run in
 * the order in which Nest meets their modules, and it meets this one first. A guard of a team that
 * ran before ours would find no user, and the usual guard of roles lets such requests pass.
 */
function rootModule(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  return {
    module: RootModule,
    imports,
    providers: [{ provide: APP_GUARD, useExisting: AccessGuard }],
  };
}
