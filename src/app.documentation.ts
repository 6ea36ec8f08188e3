import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { Config } from './platform/config/index.js';
import { ProblemResponse } from './platform/errors/index.js';
import { documentEarlyProblems } from './platform/http/index.js';

const DESCRIPTION = [
  'Every route answers under `/api/…`, and as well under `/api/v1/…` and without the prefix.',
  'Errors are problem documents (RFC 9457): forget your tokens only when `clear_credentials` is true, and try again only when `retryable` is.',
].join('\n\n');

/** Serves the OpenAPI document at `/openapi.json` and a page to read it at `/docs`. */
export function serveDocumentation(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createDocument(app), {
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
  if (app.get(Config).adminToken !== undefined) {
    outline.addBearerAuth(
      { type: 'http', scheme: 'bearer', description: '`ADMIN_TOKEN`.' },
      'admin token',
    );
  }
  return documentEarlyProblems(
    SwaggerModule.createDocument(app, outline.build(), { extraModels: [ProblemResponse] }),
  );
}
