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
  routesOf,
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

/** Routes that exist only if a variable is set, by their tag. */
interface OptionalRoutes {
  readonly tag: string;
  readonly description: string;
  /** The security scheme of the routes, and the variable that has their tokens. */
  readonly scheme: string;
  readonly variable: string;
  readonly isEnabled: (config: Config) => boolean;
}

const OPTIONAL_ROUTES: readonly OptionalRoutes[] = [
  {
    tag: 'Admin',
    description: 'For operators, who have `ADMIN_TOKEN`.',
    scheme: 'admin_token',
    variable: 'ADMIN_TOKEN',
    isEnabled: ({ adminToken }) => adminToken !== undefined,
  },
  {
    tag: 'Other services',
    description: 'For your other services, each with a token of its own in `SERVICE_TOKENS`.',
    scheme: 'service_token',
    variable: 'SERVICE_TOKENS',
    isEnabled: ({ serviceTokens }) => Object.keys(serviceTokens).length > 0,
  },
];

const LAST_TAG = { Operations: 'For load balancers, and for other services that verify tokens.' };

function createDocument(app: INestApplication): OpenAPIObject {
  const config = app.get(Config);
  const document = SwaggerModule.createDocument(app, outlineOf(config), {
    extraModels: [ProblemResponse],
  });
  const steps = [
    (complete: OpenAPIObject) => withoutDisabledRoutes(complete, config),
    documentProblems,
    documentHeaders,
    documentClearedCookies,
    documentSecurity,
    nameEnums,
    orderByTags,
  ];
  return steps.reduce((current, step) => step(current), document);
}

function outlineOf(config: Config): Omit<OpenAPIObject, 'paths'> {
  const enabled = OPTIONAL_ROUTES.filter(({ isEnabled }) => isEnabled(config));
  const outline = new DocumentBuilder()
    .setTitle('Evergreen')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit');
  const optional = enabled.map(({ tag, description }) => [tag, description] as const);
  const tags = { ...TAGS, ...Object.fromEntries(optional), ...LAST_TAG };
  for (const [name, description] of Object.entries(tags)) outline.addTag(name, description);
  for (const [name, scheme] of Object.entries(TOKEN_SCHEMES)) outline.addSecurity(name, scheme);
  outline.addSecurityRequirements('bearer');
  // If the API is not at the root of its host, the page needs its URL to try a route.
  const { publicUrls } = config;
  const urls = publicUrls.length > 0 ? publicUrls.map(({ href }) => href) : ['/'];
  for (const url of urls) outline.addServer(url);
  for (const { scheme, variable } of enabled)
    outline.addSecurity(scheme, {
      type: 'http',
      scheme: 'bearer',
      description: `\`${variable}\`.`,
    });
  return outline.build();
}

/** Without their variable they respond as if they did not exist. A team may use their tags. */
function withoutDisabledRoutes(document: OpenAPIObject, config: Config): OpenAPIObject {
  const disabled = OPTIONAL_ROUTES.filter(({ isEnabled }) => !isEnabled(config));
  const schemes = new Set(disabled.map(({ scheme }) => scheme));
  for (const { method, path, operation } of routesOf(document))
    if (operation.security?.flatMap(Object.keys).some((scheme) => schemes.has(scheme)))
      Reflect.deleteProperty(document.paths[path] ?? {}, method);
  const paths = Object.entries(document.paths).filter(([, item]) => Object.keys(item).length > 0);
  return { ...document, paths: Object.fromEntries(paths) };
}
