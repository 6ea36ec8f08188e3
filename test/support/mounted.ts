import { Module, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveDocumentation } from '../../src/app.documentation.js';
import type { AppOptions } from '../../src/app.setup.js';
import { EvergreenModule } from '../../src/evergreen.module.js';
import type { Config } from '../../src/platform/config/index.js';
import { fastifyOptions } from '../../src/platform/http/index.js';
import { NestLogger } from '../../src/platform/logging/index.js';

/**
 * The adapter of the application that mounts Evergreen; without it, tests use the server itself.
 * `TEST_MOUNTED_ON=express npx jest test/e2e` runs the API's tests through the module.
 */
export const MOUNTED_ON = process.env.TEST_MOUNTED_ON as 'express' | 'fastify' | undefined;

/** For what belongs to the application that mounts Evergreen: there, the test is skipped. */
export const ofWholeServer = MOUNTED_ON ? it.skip : it;
export const describeOfWholeServer = MOUNTED_ON ? describe.skip : describe;

/** For libraries that need Fastify. */
export const describeOnFastify = MOUNTED_ON === 'express' ? describe.skip : describe;

@Module({})
class TeamModule {}

const OPTIONS: NestApplicationOptions = { bufferLogs: true, abortOnError: false };

/** An application of a team that imports `EvergreenModule` beside its own modules. */
export async function createMounted(
  config: Config,
  { clock, mailTexts, modules = [], configure }: AppOptions,
): Promise<NestFastifyApplication> {
  const evergreen = EvergreenModule.forRoot(config, { clock, mailTexts, dataSource: 'default' });
  const root = { module: TeamModule, imports: [...modules, evergreen] };
  const app = await (MOUNTED_ON === 'express'
    ? NestFactory.create(root, new ExpressAdapter(), OPTIONS)
    : NestFactory.create(root, new FastifyAdapter(fastifyOptions(config)), OPTIONS));
  app.useLogger(app.get(NestLogger));
  serveDocumentation(app);
  await configure?.(app as NestFastifyApplication);
  return (await app.init()) as NestFastifyApplication;
}
