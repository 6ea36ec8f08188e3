import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { hasLaboratory } from './app.pages.js';
import { hasMailbox } from './mail/index.js';
import { Config } from './platform/config/index.js';
import { publicPathOf } from './platform/http/index.js';

/**
 * Answers `GET /`, to which a newcomer goes first: a browser is redirected to the documentation,
 * unless the console is there, and any other client gets the paths of what is here.
 *
 * It responds only where no route matches, so a team's own route wins, one for all paths as well.
 *
 * Call it before the routes are added.
 */
export function serveLanding(app: NestFastifyApplication): void {
  const config = app.get(Config);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      if (!request.is404 || !isForLanding(request)) return done();
      const prefix = publicPathOf(request, config);
      void reply.header('vary', [reply.getHeader('vary') ?? [], 'Accept'].flat().join(', '));
      if (request.headers.accept?.includes('text/html')) reply.redirect(`${prefix}/docs`);
      else reply.send(overview(prefix, config));
    });
}

function isForLanding({ method, url }: FastifyRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && /^\/(\?|$)/.test(url);
}

function overview(prefix: string, config: Config): Readonly<Record<string, string>> {
  return {
    name: 'Evergreen',
    documentation: `${prefix}/docs`,
    openapi: `${prefix}/openapi.json`,
    health: `${prefix}/health/ready`,
    ...(hasLaboratory(config) && { laboratory: `${prefix}/lab/` }),
    ...(hasMailbox(config) && { mailbox: `${prefix}/mailbox` }),
  };
}
