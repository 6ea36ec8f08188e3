import { Ajv, type ValidateFunction } from 'ajv';
import type { OpenAPIObject } from '@nestjs/swagger';
import { validate as isUuid } from 'uuid';
import { call, type ApiResponse, type CallOptions } from './api.js';
import { routesOf, type Operation } from './openapi.js';
import { signProof, type ClientKey } from './possession.js';

/** The headers that are of the API; others, such as those for browsers, are not documented. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'dpop-nonce',
  'retry-after',
  'set-cookie',
  'www-authenticate',
  'x-new-token',
  'x-new-token-expires-in',
  'x-refresh-outcome',
  'x-request-id',
]);

export interface DocumentedCall extends CallOptions {
  /** Values for the path, such as `id`, and all others for the query. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The request proves this key, and sends its token by the scheme `DPoP`. */
  readonly key?: ClientKey;
}

interface Header {
  readonly required?: boolean;
  readonly schema?: object;
}

/**
 * Calls a server by the ids of its operations, and holds each response to the server's OpenAPI
 * document: its status, type, headers and body must be documented, and nothing else be in the body.
 */
export class DocumentedCalls {
  /** What was seen, such as `login 200` and `login 200 set-cookie`. */
  readonly seen = new Set<string>();
  private readonly ajv = new Ajv({
    allErrors: true,
    keywords: ['components', 'example'],
    strictTypes: false,
    formats: { uuid: isUuid, 'date-time': isInstant },
  });

  constructor(
    private readonly url: string,
    private readonly document: OpenAPIObject,
    private readonly clock: { nowMs(): number },
  ) {
    this.ajv.addSchema({ components: withoutOtherMembers(document.components) }, 'document');
  }

  /** All that successful responses have in the document, in the form of `seen`. */
  get documentedSuccesses(): string[] {
    return routesOf(this.document).flatMap(({ operation: { operationId, responses } }) =>
      Object.entries(responses)
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([status, { headers = {} }]) => [
          `${operationId} ${status}`,
          ...Object.keys(headers).map((name) => `${operationId} ${status} ${name.toLowerCase()}`),
        ]),
    );
  }

  async send<Body = object>(
    operationId: string,
    { parameters = {}, key, ...options }: DocumentedCall = {},
  ): Promise<ApiResponse<Body>> {
    const { route, operation } = this.find(operationId);
    const [method = '', template = ''] = route.split(' ');
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => parameters[name] ?? '');
    const query = Object.entries(parameters).filter(([name]) => !template.includes(`{${name}}`));
    const url = `${this.url}${path}?${new URLSearchParams(query).toString()}`;
    const headers = key && this.proofHeaders(key, method, url, options.token);
    const response = await call<Body>(method, url, {
      ...options,
      headers: { ...headers, ...options.headers },
    });
    this.check(operation, response);
    return response;
  }

  private proofHeaders(key: ClientKey, method: string, url: string, accessToken?: string) {
    const contents = { method, url, nowMs: this.clock.nowMs(), accessToken };
    return {
      dpop: signProof(key, contents),
      ...(accessToken !== undefined && { authorization: `DPoP ${accessToken}` }),
    };
  }

  private find(operationId: string) {
    const route = routesOf(this.document).find(
      ({ operation }) => operation.operationId === operationId,
    );
    if (!route) throw new Error(`There is no operation ${operationId}.`);
    return route;
  }

  private check({ operationId, responses }: Operation, response: ApiResponse<unknown>): void {
    const name = `${operationId} ${response.status}`;
    const documented = responses[response.status];
    if (!documented) throw new Error(`${name} is not documented: ${response.text}`);
    this.seen.add(name);
    this.checkHeaders(name, documented.headers ?? {}, response);
    this.checkBody(name, documented.content ?? {}, response);
  }

  private checkHeaders(
    name: string,
    documented: Record<string, Header>,
    { headers }: ApiResponse<unknown>,
  ): void {
    const known = new Set(Object.keys(documented).map((header) => header.toLowerCase()));
    for (const header of headers.keys())
      if (OWN_HEADERS.has(header) && !known.has(header))
        throw new Error(`${name} has the header ${header}, which is not documented.`);
    for (const [header, reference] of Object.entries(documented)) {
      const { required = false, schema = {} } = this.resolve(reference);
      const text = headers.get(header);
      if (text === null && required) throw new Error(`${name} has no header ${header}.`);
      if (text === null) continue;
      const value = (schema as { type?: string }).type === 'integer' ? Number(text) : text;
      this.mustFit(`${name} ${header}`, this.ajv.compile(absolute(schema)), value);
      this.seen.add(`${name} ${header.toLowerCase()}`);
    }
  }

  private resolve(header: Header & { $ref?: string }): Header {
    const { headers = {} } = this.document.components ?? {};
    const found = header.$ref === undefined ? header : headers[header.$ref.split('/').at(-1) ?? ''];
    return found as Header;
  }

  private checkBody(
    name: string,
    documented: Record<string, { schema?: object }>,
    { headers, text, body }: ApiResponse<unknown>,
  ): void {
    const [type = ''] = (headers.get('content-type') ?? '').split(';');
    if (text === '' && Object.keys(documented).length === 0) return;
    const { schema } = documented[type] ?? {};
    if (!schema) throw new Error(`${name} is of the type ${type}, which is not documented.`);
    const isJson = type.endsWith('json');
    this.mustFit(name, this.ajv.compile(absolute(schema)), isJson ? body : text);
  }

  private mustFit(name: string, validate: ValidateFunction, value: unknown): void {
    if (validate(value)) return;
    const errors = this.ajv.errorsText(validate.errors);
    throw new Error(`${name} is not as documented: ${errors} in ${JSON.stringify(value)}`);
  }
}

/** JSON Schema allows members that it does not name; a document that has forgotten some is wrong. */
function withoutOtherMembers<Node>(node: Node): Node {
  if (Array.isArray(node)) return node.map(withoutOtherMembers) as Node;
  if (typeof node !== 'object' || node === null) return node;
  const members = Object.entries(node).map(([key, value]) => [key, withoutOtherMembers(value)]);
  const isClosed = 'properties' in node && !('additionalProperties' in node);
  return Object.fromEntries([
    ...members,
    ...(isClosed ? [['additionalProperties', false]] : []),
  ]) as Node;
}

/** The schema with references to the whole document. */
function absolute(schema: object): object {
  const text = JSON.stringify(withoutOtherMembers(schema));
  return JSON.parse(text.replaceAll('"#/components', '"document#/components')) as object;
}

/** In the form that the server writes, with milliseconds, in UTC. */
function isInstant(text: string): boolean {
  const instant = new Date(text);
  return !Number.isNaN(instant.getTime()) && instant.toISOString() === text;
}
