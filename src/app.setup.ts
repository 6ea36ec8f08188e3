import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalUrl } from './app.aliases.js';
import { configureTeam, refuseLateConfiguration, type Configure } from './app.configure.js';
import { serveDocumentation } from './app.documentation.js';
import { AppModule } from './app.module.js';
import { AccessGuard } from './auth/index.js';
import type { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { DtoPipe, fastifyOptions, ProblemFilter } from './platform/http/index.js';
import { createLogger, NestLogger } from './platform/logging/index.js';

export interface AppOptions {
  /** A team's own modules. Their routes are guarded as ours are. */
  readonly modules?: ModuleMetadata['imports'];
  /**
   * Called before the application is initialised. Everything that Nest's manual does between
   * `NestFactory.create` and `listen` belongs here: plug-ins, global guards and pipes, a prefix,
   * versions, adapters for sockets, microservices.
   */
  readonly configure?: Configure;
  /** A clock that tests can move. */
  readonly clock?: Clock;
}

/**
 * Creates the application, ready to listen, for `main.ts` and for tests. When it resolves, the
 * schema of the database is up to date.
 */
export async function createApp(
  config: Config,
  { modules = [], configure, clock }: AppOptions = {},
): Promise<NestFastifyApplication> {
  let hasVersions = false;
  const logger = await createLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule([AppModule.forRoot(config, { clock, logger }), ...modules]),
    new FastifyAdapter(fastifyOptions(config, (url) => canonicalUrl(url, hasVersions))),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  serveDocumentation(app);
  try {
    ({ hasVersions } = await configureTeam(app, configure));
    await app.init();
  } catch (error) {
    await app.close();
    throw error;
  }
  refuseLateConfiguration(app);
  return app;
}

@Module({})
class RootModule {}

/**
 * Every route needs an access token, unless it is marked `@Public()`. Global guards run in the
 * order of their modules, and this module is the first one. If a team's guard ran before ours, it
 * would find no user, and many role guards let such a request pass. Of filters, the last one that
 * knows an error gets it, so a team's have precedence.
 */
function rootModule(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  return {
    module: RootModule,
    imports,
    providers: [
      { provide: APP_GUARD, useExisting: AccessGuard },
      { provide: APP_PIPE, useExisting: DtoPipe },
      { provide: APP_FILTER, useExisting: ProblemFilter },
    ],
  };
}
