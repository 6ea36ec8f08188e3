import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from './platform/config/index.js';
import { Problem, ProblemResponse } from './platform/errors/index.js';
import { documentEarlyProblems } from './platform/http/index.js';

const DESCRIPTION = [
  'Every route answers under `/api/…`, and as well under `/api/v1/…` and without the prefix.',
  'Errors are problem documents (RFC 9457): forget your tokens only when `clear_credentials` is true, and try again only when `retryable` is.',
].join('\n\n');

/** What the page at `/docs` loads of its package, which has much more for other uses. */
const FILES_OF_PAGE: ReadonlySet<unknown> = new Set([
  'favicon-16x16.png',
  'favicon-32x32.png',
  'swagger-ui-bundle.js',
  'swagger-ui-standalone-preset.js',
  'swagger-ui.css',
]);

/** Serves the OpenAPI document at `/openapi.json` and a page to read it at `/docs`. */
export function serveDocumentation(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (route.url === '/docs/*') route.onRequest = serveOnlyFilesOfPage;
  });
  SwaggerModule.setup('docs', app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Evergreen API',
  });
}

function serveOnlyFilesOfPage(
  { params }: FastifyRequest,
  _reply: FastifyReply,
  done: (problem?: Problem) => void,
): void {
  const isNeeded = FILES_OF_PAGE.has((params as { '*': string })['*']);
  done(isNeeded ? undefined : new Problem('not_found'));
}

function createDocument(app: NestFastifyApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setTitle('Evergreen')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token.',
    })
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A refresh token.' },
      'refresh token',
    );
  const { adminToken, publicUrls } = app.get(Config);
  // Elsewhere than at the root of its host, a page that tries a route must know where that is.
  for (const { href } of publicUrls) outline.addServer(href);
  if (adminToken !== undefined) {
    outline.addBearerAuth(
      { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN`.' },
      'admin token',
    );
  }
  return documentEarlyProblems(
    SwaggerModule.createDocument(app, outline.build(), { extraModels: [ProblemResponse] }),
  );
}
