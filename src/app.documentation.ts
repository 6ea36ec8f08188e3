import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Config } from './platform/config/index.js';
import { ProblemResponse } from './platform/errors/index.js';
import { documentEarlyProblems, cacheResponses } from './platform/http/index.js';

const DESCRIPTION = [
  'Every route is available under `/api/…`, under `/api/v1/…` and without a prefix.',
  'Errors are problem documents (RFC 9457). Delete your tokens only if `clear_credentials` is true, and retry only if `retryable` is true.',
].join('\n\n');

const PAGE = '/docs';

/** All paths of the documentation: the OpenAPI document, the page, and the files of the page. */
const PATHS: ReadonlySet<string> = new Set([
  '/openapi.json',
  PAGE,
  ...[
    '',
    'index.html',
    'swagger-ui-init.js',
    'swagger-ui-bundle.js',
    'swagger-ui-standalone-preset.js',
    'swagger-ui.css',
    'favicon-16x16.png',
    'favicon-32x32.png',
  ].map((file) => `${PAGE}/${file}`),
]);

/** Serves the OpenAPI document at `/openapi.json` and a page to read it at `/docs`. */
export function serveDocumentation(app: INestApplication): void {
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify')
    cacheResponses(adapter.getInstance() as FastifyInstance, PATHS, PAGE);
  SwaggerModule.setup(PAGE, app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Evergreen API',
  });
}

function createDocument(app: INestApplication): OpenAPIObject {
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
  // If the API is not at the root of its host, the page needs its URL to try a route.
  for (const { href } of publicUrls) outline.addServer(href);
  if (adminToken !== undefined) {
    outline.addBearerAuth(
      { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN`.' },
      'admin token',
    );
  }
  const document = SwaggerModule.createDocument(app, outline.build(), {
    extraModels: [ProblemResponse],
  });
  return documentEarlyProblems(
    adminToken === undefined ? withoutRoutesOfOperators(document) : document,
  );
}

/** Without `ADMIN_TOKEN` they respond as if they did not exist. */
function withoutRoutesOfOperators({ paths, ...others }: OpenAPIObject): OpenAPIObject {
  const isForAll = ([path]: [string, unknown]) => !path.startsWith('/api/admin');
  return { ...others, paths: Object.fromEntries(Object.entries(paths).filter(isForAll)) };
}
