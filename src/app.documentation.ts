import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Config } from './platform/config/index.js';
import { ProblemResponse } from './platform/errors/index.js';
import { documentEarlyProblems, cacheResponses } from './platform/http/index.js';

const DESCRIPTION = [
  'Every route answers under `/api/…`, and as well under `/api/v1/…` and without the prefix.',
  'Errors are problem documents (RFC 9457): forget your tokens only when `clear_credentials` is true, and try again only when `retryable` is.',
].join('\n\n');

const PAGE = '/docs';

/** What there is of the documentation: the document, the page, and what the page loads. */
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
export function serveDocumentation(app: NestFastifyApplication): void {
  cacheResponses(app.getHttpAdapter().getInstance(), PATHS, PAGE);
  SwaggerModule.setup(PAGE, app, () => createDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'Evergreen API',
  });
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
