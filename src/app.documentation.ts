import type { INestApplication } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { pageFiles, serveReferencePage } from './app.reference-page.js';
import { documentClearedCookies, TOKEN_SCHEMES } from './auth/index.js';
import { Config } from './platform/config/index.js';
import {
  documentHeaders,
  documentProblems,
  documentSecurity,
  nameEnums,
  orderByTags,
  ProblemResponse,
} from './platform/documentation/index.js';
import { ApiPaths, cacheResponses } from './platform/http/index.js';

const DESCRIPTION = [
  'Every route is available under `/api/…`, under `/api/v1/…` and without a prefix.',
  'Errors are problem documents (RFC 9457). Delete your tokens only if `clear_credentials` is true, and retry only if `retryable` is true.',
].join('\n\n');

const PAGE = '/docs';

const DOCUMENT = '/openapi.json';

/** Serves the OpenAPI document at `/openapi.json` and a page to read it at `/docs`. */
export function serveDocumentation(app: INestApplication): void {
  const { isWholeServer } = app.get(ApiPaths);
  const files = pageFiles(PAGE, isWholeServer && app.get(Config).consoleEnabled);
  const adapter = app.getHttpAdapter();
  if (adapter.getType() === 'fastify')
    cacheResponses(
      adapter.getInstance() as FastifyInstance,
      new Set([DOCUMENT, ...files.map(({ path }) => path)]),
      PAGE,
    );
  SwaggerModule.setup(PAGE, app, () => createDocument(app), {
    jsonDocumentUrl: DOCUMENT,
    ui: false,
    raw: ['json'],
  });
  serveReferencePage(app, PAGE, files);
}

/** The groups of routes, in the order of the page: a team's own stand before the last one. */
const TAGS = {
  Auth: 'Sign in, stay signed in, sign out.',
  Sessions: 'The devices on which a user is signed in.',
  Users: 'The account of a user.',
};

const ADMIN_TAG = { Admin: 'For operators, who have `ADMIN_TOKEN` or the role `admin`.' };

const LAST_TAG = { Operations: 'For load balancers, and for other services that verify tokens.' };

function createDocument(app: INestApplication): OpenAPIObject {
  const config = app.get(Config);
  const document = SwaggerModule.createDocument(app, outlineOf(config), {
    extraModels: [ProblemResponse],
  });
  const steps = [
    ...(config.adminToken === undefined ? [withoutRoutesOfOperators] : []),
    documentProblems,
    documentHeaders,
    documentClearedCookies,
    documentSecurity,
    nameEnums,
    orderByTags,
  ];
  return steps.reduce((current, step) => step(current), document);
}

function outlineOf({ adminToken, publicUrls }: Config): Omit<OpenAPIObject, 'paths'> {
  const outline = new DocumentBuilder()
    .setTitle('Evergreen')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit');
  const tags = { ...TAGS, ...(adminToken !== undefined && ADMIN_TAG), ...LAST_TAG };
  for (const [name, description] of Object.entries(tags)) outline.addTag(name, description);
  for (const [name, scheme] of Object.entries(TOKEN_SCHEMES)) outline.addSecurity(name, scheme);
  outline.addSecurityRequirements('bearer');
  // If the API is not at the root of its host, the page needs its URL to try a route.
  const urls = publicUrls.length > 0 ? publicUrls.map(({ href }) => href) : ['/'];
  for (const url of urls) outline.addServer(url);
  if (adminToken !== undefined)
    outline.addSecurity('admin_token', {
      type: 'http',
      scheme: 'bearer',
      description: '`ADMIN_TOKEN`.',
    });
  return outline.build();
}

/** Without `ADMIN_TOKEN` they respond to all but operators as if they did not exist. */
function withoutRoutesOfOperators({ paths, ...others }: OpenAPIObject): OpenAPIObject {
  const isForAll = ([path]: [string, unknown]) => !path.startsWith('/api/admin');
  return { ...others, paths: Object.fromEntries(Object.entries(paths).filter(isForAll)) };
}
