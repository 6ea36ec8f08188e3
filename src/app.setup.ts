import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { refuseLateConfiguration, warnOfUnguarded, type Configure } from './app.configure.js';
import { serveDocumentation } from './app.documentation.js';
import { serveLanding } from './app.landing.js';
import { ONLY_DATA_SOURCE } from './app.module.js';
import { serveBuiltPages } from './app.pages.js';
import { WHOLE_SERVER } from './app.paths.js';
import { EvergreenModule } from './evergreen.module.js';
import type { MailTexts } from './mail/index.js';
import type { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { serverOptions } from './platform/http/index.js';
import { createLogger, NestLogger } from './platform/logging/index.js';

export interface AppOptions {
  /** A team's own modules. Their routes are guarded as ours are. */
  readonly modules?: ModuleMetadata['imports'];
  /**
   * Called before the application is initialised, for what must be set by then: plug-ins, a prefix,
   * versions, adapters for sockets, microservices.
   */
  readonly configure?: Configure;
  /** A clock that tests can move. */
  readonly clock?: Clock;
  /** Your own texts of mails, by language; see docs/mail.md. */
  readonly mailTexts?: MailTexts;
}

/**
 * Creates the application, ready to listen, for `main.ts` and for tests. When it resolves, the
 * schema of the database is up to date.
 */
export async function createApp(
  config: Config,
  { modules = [], configure, clock, mailTexts }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const logger = await createLogger(config);
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule([
      EvergreenModule.of({
        config: { useFactory: () => config },
        paths: WHOLE_SERVER,
        dataSource: ONLY_DATA_SOURCE,
        clock,
        mailTexts,
        logger,
      }),
      ...modules,
    ]),
    new FastifyAdapter(serverOptions(config)),
    { logger: new NestLogger(logger), bodyParser: false, abortOnError: false },
  );
  try {
    serveDocumentation(app);
    await serveBuiltPages(app);
    serveLanding(app);
    await configure?.(app);
    warnOfUnguarded(app);
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

function rootModule(imports: NonNullable<ModuleMetadata['imports']>): DynamicModule {
  return { module: RootModule, imports };
}
