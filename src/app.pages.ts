import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { LoginProviders } from './auth/index.js';
import { hasMailbox } from './mail/index.js';
import { Config } from './platform/config/index.js';
import { readBuilt, servePages } from './platform/http/index.js';

/** Of the package: the same for the source and for what is built of it. */
const BUILT = join(import.meta.dirname, '../dist');

/**
 * Serves the console where `CONSOLE_ENABLED` is true, and in development the laboratory of rotation
 * at `/lab/`.
 *
 * Call it before the routes are added.
 *
 * @throws if the pages were not built
 */
export async function serveBuiltPages(app: NestFastifyApplication): Promise<void> {
  const config = app.get(Config);
  const fastify = app.getHttpAdapter().getInstance();
  const settings = () => settingsOf(config, app.get(LoginProviders, { strict: false }));
  if (config.consoleEnabled) await serveConsole(fastify, settings);
  if (hasLaboratory(config)) await serveLaboratory(fastify);
}

/** True where there is the laboratory of rotation at `/lab/`. */
export function hasLaboratory({ environment }: Config): boolean {
  return environment === 'development';
}

async function serveConsole(fastify: FastifyInstance, settings: () => object): Promise<void> {
  const folder = join(BUILT, 'console');
  const paths = JSON.parse(readBuilt(folder, 'pages.json').toString()) as Record<string, string>;
  const pages = new Set(Object.values(paths));
  await servePages(fastify, { folder, files: 'console', filesPath: '/console', pages, settings });
}

/** `console/src/settings.ts` reads them. None is a secret: everybody gets them. */
function settingsOf(config: Config, providers: LoginProviders): object {
  const { environment, sessions, tokens } = config;
  return {
    environment,
    laboratory: hasLaboratory(config),
    mailbox: hasMailbox(config),
    renewBelowSeconds: tokens.renewBelowSeconds,
    graceSeconds: sessions.graceSeconds,
    loginProviders: providers.names(),
  };
}

async function serveLaboratory(fastify: FastifyInstance): Promise<void> {
  const folder = join(BUILT, 'lab');
  const pages = new Set(['/lab/']);
  await servePages(fastify, { folder, files: 'files', filesPath: '/lab/files', pages });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404 || request.url !== '/lab') return done();
    void reply.redirect('lab/');
  });
}
