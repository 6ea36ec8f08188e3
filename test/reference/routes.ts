import type { OpenAPIObject } from '@nestjs/swagger';
import { call } from '../support/api.js';
import type { TestApp } from '../support/app.js';
import { routesOf, type Operation } from '../support/openapi.js';
import { code, joined, tableOf } from './markdown.js';
import { ROUTE_NOTES } from './notes/routes.js';

interface Fields {
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

interface DocumentedRoute {
  readonly route: string;
  readonly operation: Operation;
}

/** All routes of the OpenAPI document, a table for each tag. */
export async function routesReference({ url }: TestApp): Promise<string> {
  const { body: document } = await call<OpenAPIObject>('GET', `${url}/openapi.json`);
  const routes = routesOf(document);
  const ofTag = (tag: string) => routes.filter(({ operation }) => operation.tags?.includes(tag));
  return (document.tags ?? [])
    .map(({ name, description = '' }) => {
      const table = tableOf(
        ['route', 'request → response', 'what it does'],
        ofTag(name).map((one) => rowOf(one, document)),
      );
      return `### ${name}\n\n${description}\n\n${table}`;
    })
    .join('\n');
}

function rowOf({ route, operation }: DocumentedRoute, document: OpenAPIObject): string[] {
  const { summary = '', description } = operation;
  const whatItDoes = joined(summary, description);
  return [
    code(route),
    `${requestOf(operation, document)} → ${successOf(operation)}`.trim(),
    joined(whatItDoes, ROUTE_NOTES[route]),
  ];
}

function requestOf(operation: Operation, document: OpenAPIObject): string {
  const fields = [...fieldsOf(bodyOf(operation, document)), ...queryOf(operation)];
  return [tokensOf(operation), fields.join(', ')].filter(Boolean).join('; ');
}

/** Which token the route takes, unless that is an access token. */
function tokensOf({ security }: Operation): string {
  const schemes = security?.flatMap(Object.keys);
  if (!schemes) return '';
  if (schemes.length === 0) return 'no token';
  return schemes.includes('refresh_token') ? 'any token' : '';
}

function fieldsOf({ properties = {}, required = [] }: Fields): string[] {
  return Object.keys(properties).map((name) => code(required.includes(name) ? name : `${name}?`));
}

function bodyOf({ requestBody }: Operation, document: OpenAPIObject): Fields {
  const name = requestBody?.content['application/json']?.schema.$ref.split('/').at(-1) ?? '';
  return (document.components?.schemas?.[name] ?? {}) as Fields;
}

function queryOf({ parameters = [] }: Operation): string[] {
  return parameters.filter((one) => one.in === 'query').map(({ name }) => code(`?${name}=`));
}

function successOf({ responses }: Operation): string {
  return Object.keys(responses).find((status) => Number(status) < 400) ?? 'a problem';
}
