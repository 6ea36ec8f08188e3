import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalUrl } from './app.aliases.js';
import { serveDocumentation } from './app.documentation.js';
import { serveLanding } from './app.landing.js';
import { AppModule } from './app.module.js';
import { AccessGuard } from './auth/index.js';
import type { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { fastifyOptions } from './platform/http/index.js';
import { createLogger, NestLogger } from './platform/logging/index.js';

export interface AppOptions {
  /** A team's own modules. Their routes are guarded as ours are. */
  readonly modules?: ModuleMetadata['imports'];
  /** A clock that tests can move. */
  readonly clock?: Clock;
}

/**
 * Creates the application, ready to listen, for `main.ts` and for tests. When it resolves, the
 * schema of the database is up to date.
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
  serveLanding(app);
  return app.init();
}

@Module({})
class RootModule {}

/**
 * Every route needs an access token, unless it is marked `@Public()`. Global guards run in the
 * order of their modules, and this module is the first one. If a team's guard ran before ours, it
 * would find no user, and many role guards let such a request pass.
 */
function rootModule(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  return {
    module: RootModule,
    imports,
    providers: [{ provide: APP_GUARD, useExisting: AccessGuard }],
  };
}
