import { Module, type DynamicModule, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { canonicalUrl } from './app.aliases.js';
import { serveDocumentation } from './app.documentation.js';
import { AppModule } from './app.module.js';
import {
  clearRefreshCookies,
  countAnswers,
  RENEWED_TOKEN_HEADERS,
  RenewalService,
  renewTokens,
} from './auth/index.js';
import { Clock } from './platform/clock/index.js';
import type { Config } from './platform/config/index.js';
import { ProblemFilter } from './platform/errors/index.js';
import { Readiness } from './platform/health/index.js';
import {
  addAnswerHeaders,
  allowOrigins,
  createValidationPipe,
  fastifyOptions,
  limitUrls,
  measureRequests,
  parseJsonBodies,
} from './platform/http/index.js';
import { createLogger, logRequests, NestLogger } from './platform/logging/index.js';
import { Metrics } from './platform/metrics/index.js';
import { traceRequests } from './platform/tracing/index.js';

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
  { modules = [], clock = new Clock() }: AppOptions = {},
): Promise<NestFastifyApplication> {
  const logger = await createLogger(config);
  const adapter = new FastifyAdapter(fastifyOptions(config, canonicalUrl));
  const app = await NestFactory.create<NestFastifyApplication>(
    rootModule(config, clock, modules),
    adapter,
    {
      logger: new NestLogger(logger),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const fastify = adapter.getInstance();
  const readiness = app.get(Readiness);
  const metrics = app.get(Metrics);
  addAnswerHeaders(fastify, config, () => readiness.isDraining);
  limitUrls(fastify);
  await traceRequests(fastify, config);
  logRequests(fastify, logger);
  measureRequests(fastify, metrics);
  countAnswers(fastify, metrics, () => clock.nowMs());
  parseJsonBodies(fastify);
  clearRefreshCookies(fastify, config.environment !== 'development');
  renewTokens(fastify, app.get(RenewalService));
  allowOrigins(app, config, RENEWED_TOKEN_HEADERS);
  app.useGlobalPipes(createValidationPipe());
  app.useGlobalFilters(new ProblemFilter());
  serveDocumentation(app);
  await app.init();
  return app;
}

@Module({})
class RootModule {}

function rootModule(
  config: Config,
  clock: Clock,
  modules: NonNullable<ModuleMetadata['imports']>,
): DynamicModule {
  return { module: RootModule, imports: [AppModule.forRoot(config, clock), ...modules] };
}
