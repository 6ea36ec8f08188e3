import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Module } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, type OpenAPIObject } from '@nestjs/swagger';
import ts from 'typescript';
import { NoRenewal, Public } from '../../src/index.js';
import { ERRORS } from '../../src/platform/errors/index.js';
import { call, newEmail, PASSWORD } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { codesOf, routesOf, type Operation, type Schema } from '../support/openapi.js';

@Controller('api/notes')
class NotesController {
  @Get()
  list(): void {
    // Only its documentation is read.
  }

  @Public()
  @Get('motto')
  motto(): void {
    // Only its documentation is read.
  }

  @NoRenewal()
  @ApiBearerAuth()
  @ApiOperation({ operationId: 'pollNotes' })
  @Get('poll')
  poll(): void {
    // Only its documentation is read.
  }
}

@Public()
@Controller('api/motd')
class PublicController {
  @Get()
  show(): void {
    // Only its documentation is read.
  }
}

@Module({ controllers: [NotesController, PublicController] })
class TeamModule {}

const SERVICE_TOKEN = 'e4b0c1f29a7d4e86b3f5a1907c2d8e64';

describe('the OpenAPI document', () => {
  let app: TestApp;
  let document: OpenAPIObject;
  let byId: Record<string, Operation>;

  beforeAll(async () => {
    const env = {
      ADMIN_TOKEN: '3f9a1c5e7b2d4806a9c8e1f35d7b0246',
      SERVICE_TOKENS: `orders:${SERVICE_TOKEN}`,
    };
    app = await startApp({ env, modules: [TeamModule] });
    document = (await call<OpenAPIObject>('GET', `${app.url}/openapi.json`)).body;
    byId = Object.fromEntries(
      routesOf(document).map(({ operation }) => [operation.operationId, operation]),
    );
  });
  afterAll(() => app.close());

  it('gives every route an id; routes of a team keep that of Nest, or have one of their own', () => {
    const found = routesOf(document).map(
      ({ route, operation }) => `${operation.operationId}: ${route}`,
    );
    expect(found.sort()).toEqual([
      'NotesController_list: GET /api/notes',
      'NotesController_motto: GET /api/notes/motto',
      'PublicController_show: GET /api/motd',
      'changeEmail: POST /api/auth/change-email',
      'changePassword: POST /api/auth/change-password',
      'completeSignInWith: GET /api/auth/with/{name}/callback',
      'deactivateUser: PUT /api/admin/users/{id}/deactivation',
      'deleteAccount: POST /api/auth/delete-account',
      'deleteUser: DELETE /api/admin/users/{id}',
      'endSession: DELETE /api/sessions/{id}',
      'endSessionsBegunBefore: DELETE /api/admin/sessions',
      'endUserSession: DELETE /api/admin/users/{id}/sessions/{session}',
      'endUserSessions: DELETE /api/admin/users/{id}/sessions',
      'exportMe: GET /api/users/me/export',
      'findUsers: GET /api/admin/users',
      'forgotPassword: POST /api/auth/forgot-password',
      'getAuthMe: GET /api/auth/me',
      'getLiveness: GET /health/live',
      'getMe: GET /api/users/me',
      'getPublicKeys: GET /.well-known/jwks.json',
      'getReadiness: GET /health/ready',
      'getRevocationStatus: GET /api/admin/revocations',
      'introspect: POST /api/auth/introspect',
      'linkIdentity: POST /api/auth/identities',
      'listEvents: GET /api/auth/events',
      'listIdentities: GET /api/auth/identities',
      'listSessions: GET /api/sessions',
      'listUserEvents: GET /api/admin/users/{id}/events',
      'listUserSessions: GET /api/admin/users/{id}/sessions',
      'listenToRevocations: GET /api/feed/revocations',
      'login: POST /api/auth/login',
      'logout: POST /api/auth/logout',
      'logoutAll: POST /api/auth/logout-all',
      'pollNotes: GET /api/notes/poll',
      'reactivateUser: DELETE /api/admin/users/{id}/deactivation',
      'reauthenticate: POST /api/auth/reauthenticate',
      'refresh: POST /api/auth/refresh',
      'register: POST /api/auth/register',
      'resetPassword: POST /api/auth/reset-password',
      'resetUserPassword: POST /api/admin/users/{id}/password-reset',
      'sendVerification: POST /api/auth/send-verification',
      'signInWith: GET /api/auth/with/{name}',
      'testTokenExpiration: GET /api/auth/test-token-expiration',
      'undoEmailChange: POST /api/auth/undo-email-change',
      'unlinkIdentity: DELETE /api/auth/identities/{id}',
      'updateMe: PATCH /api/users/me',
      'updateUser: PATCH /api/admin/users/{id}',
      'verify: GET /api/auth/verify',
      'verifyEmail: POST /api/auth/verify-email',
    ]);
    expect(Object.keys(byId)).toHaveLength(found.length);
  });

  it('contains both paths of the user, which respond alike', async () => {
    const { accessToken } = await signIn(app.url);
    const [me, other] = await Promise.all(
      ['/api/users/me', '/api/auth/me'].map((path) =>
        call('GET', app.url + path, { token: accessToken }),
      ),
    );
    expect([me?.status, other?.text]).toEqual([200, me?.text]);
  });

  it('needs an access token for every route that does not name an exception', () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    const exceptions = Object.entries(byId).flatMap(([id, { security }]) =>
      security
        ? [[id, security.flatMap((alternative) => Object.keys(alternative)).join(' | ')]]
        : [],
    );
    expect(Object.fromEntries(exceptions)).toEqual({
      NotesController_motto: '',
      PublicController_show: '',
      completeSignInWith: '',
      deactivateUser: 'bearer | admin_token',
      deleteUser: 'bearer | admin_token',
      endSessionsBegunBefore: 'bearer | admin_token',
      endUserSession: 'bearer | admin_token',
      endUserSessions: 'bearer | admin_token',
      findUsers: 'bearer | admin_token',
      forgotPassword: '',
      getLiveness: '',
      getPublicKeys: '',
      getReadiness: '',
      getRevocationStatus: 'bearer | admin_token',
      introspect: 'service_token',
      listUserEvents: 'bearer | admin_token',
      listUserSessions: 'bearer | admin_token',
      listenToRevocations: 'service_token',
      login: '',
      logout: 'bearer | refresh_cookie | refresh_token',
      pollNotes: 'bearer',
      reactivateUser: 'bearer | admin_token',
      reauthenticate: 'bearer | refresh_cookie | refresh_token',
      refresh: 'bearer | refresh_cookie | refresh_token',
      register: '',
      resetPassword: '',
      resetUserPassword: 'bearer | admin_token',
      signInWith: '',
      testTokenExpiration: '',
      undoEmailChange: '',
      updateUser: 'bearer | admin_token',
      verifyEmail: 'bearer',
    });
    for (const { security = [] } of Object.values(byId))
      for (const name of security.flatMap((alternative) => Object.keys(alternative)))
        expect(document.components?.securitySchemes).toHaveProperty([name]);
  });

  it('gives the guarded routes of a team the problems of the guard, and public ones none', () => {
    const guard = ['token_missing', 'token_invalid', 'token_expired', 'session_revoked'];
    const codes = (id: string) => codesOf(byId[id] ?? { responses: {} });
    for (const id of ['NotesController_list', 'pollNotes'])
      expect(codes(id)).toEqual(expect.arrayContaining(guard));
    for (const id of ['NotesController_motto', 'PublicController_show'])
      expect(codes(id)).not.toContain('token_missing');
  });

  it('names the header of renewal where a response may contain it, also for routes of a team', () => {
    const renewing = Object.entries(byId).filter(([, { responses }]) =>
      Object.entries(responses).some(
        ([status, { headers = {} }]) => status.startsWith('2') && 'X-New-Token' in headers,
      ),
    );
    expect(renewing.map(([id]) => id).sort()).toEqual([
      'NotesController_list',
      'changeEmail',
      'getAuthMe',
      'getMe',
      'linkIdentity',
      'listEvents',
      'listIdentities',
      'listSessions',
      'sendVerification',
      'updateMe',
      'verify',
    ]);
  });

  it('contains none of the marks that it is made with', () => {
    expect(/\[\{\}|\{\}\]|x-evergreen/.exec(JSON.stringify(document))).toBeNull();
  });

  it('gives the refresh cookie the name that the server sets', async () => {
    const { headers } = await signIn(app.url, 'cookie');
    const scheme = document.components?.securitySchemes?.refresh_cookie;
    expect(scheme).toMatchObject({ type: 'apiKey', in: 'cookie' });
    expect(headers.get('set-cookie')).toMatch(new RegExp(`^${(scheme as { name: string }).name}=`));
  });

  it('requires a body exactly where the server rejects a request without one', async () => {
    const required: Record<string, boolean> = {};
    for (const { route, operation } of routesOf(document)) {
      if (!operation.requestBody) continue;
      const [method = '', path = ''] = route.split(' ');
      const { accessToken } = await signIn(app.url);
      const isOfService = operation.security?.some((one) => 'service_token' in one);
      const token = isOfService ? SERVICE_TOKEN : accessToken;
      const { status } = await call(method, app.url + path, { token });
      required[operation.operationId] = operation.requestBody.required;
      expect([operation.operationId, operation.requestBody.required]).toEqual([
        operation.operationId,
        status === 422,
      ]);
    }
    expect(required).toEqual({
      register: true,
      login: true,
      changePassword: true,
      reauthenticate: true,
      forgotPassword: true,
      resetPassword: true,
      verifyEmail: true,
      changeEmail: true,
      deleteAccount: true,
      introspect: true,
      linkIdentity: true,
      undoEmailChange: true,
      refresh: false,
      logout: false,
      updateMe: false,
      updateUser: false,
    });
  });

  it('names the headers of requests that the server reads', () => {
    const headersOf = ({ parameters = [] }: Operation) =>
      parameters.flatMap((parameter) => (parameter.in === 'header' ? [parameter.name] : []));
    for (const [id, operation] of Object.entries(byId))
      expect([id, headersOf(operation).includes('X-Requested-With')]).toEqual([
        id,
        codesOf(operation).includes('csrf_failed'),
      ]);
    const withDevice = Object.entries(byId).filter(([, operation]) =>
      headersOf(operation).includes('X-Device-Id'),
    );
    expect(withDevice.map(([id]) => id).sort()).toEqual([
      'changeEmail',
      'changePassword',
      'deleteAccount',
      'forgotPassword',
      'login',
      'reauthenticate',
      'refresh',
      'register',
      'resetPassword',
      'sendVerification',
      'undoEmailChange',
      'verifyEmail',
    ]);
  });

  it('allows new values where later versions may add some, and names the known ones', () => {
    const { schemas = {} } = document.components ?? {};
    const open = (name: string) => ({
      anyOf: [{ $ref: `#/components/schemas/${name}` }, { type: 'string' }],
    });
    expect(schemas.ProblemResponse).toMatchObject({ properties: { code: open('ErrorCode') } });
    expect(schemas.ErrorCode).toMatchObject({ type: 'string', enum: Object.keys(ERRORS) });
    expect(schemas.EventResponse).toMatchObject({
      properties: { type: open('SecurityEventType') },
    });
    expect(byId.refresh?.responses['200']?.headers?.['X-Refresh-Outcome']).toMatchObject({
      schema: open('RefreshOutcome'),
    });

    // Whatever else has several values is of requests, or is one of those names.
    const closed = enumsIn(document).filter(({ values }) => values.length > 1);
    expect(closed.map(({ path }) => path)).toEqual([
      'paths./api/auth/with/{name}.get.parameters.2.schema',
      'components.schemas.RegisterRequest.properties.transport',
      'components.schemas.LoginRequest.properties.transport',
      'components.schemas.RevocationFeedState',
      'components.schemas.RefreshOutcome',
      'components.schemas.Binding',
      'components.schemas.TokenType',
      'components.schemas.SecurityEventType',
      'components.schemas.ErrorCode',
    ]);
  });

  it('gives addresses no format: generated checks reject some that browsers accept', () => {
    expect(/"format":"email"/.exec(JSON.stringify(document))).toBeNull();
  });

  it('has groups in a useful order, a license and a server', () => {
    const { tags = [], info, servers } = document;
    expect(tags.map(({ name }) => name)).toEqual([
      'Auth',
      'Sessions',
      'Users',
      'Admin',
      'Other services',
      'Notes',
      'Public',
      'Operations',
    ]);
    const undescribed = tags.filter(({ description }) => !description);
    expect(undescribed.map(({ name }) => name)).toEqual(['Notes', 'Public']);
    expect(info.license?.name).toBe('MIT');
    expect(servers).toEqual([{ url: '/' }]);
  });

  it('has a type for every property of every DTO', () => {
    const documented = documentedProperties(document);
    const ofSources = dtoFiles().flatMap(propertiesOfClasses);
    expect(ofSources.length).toBeGreaterThan(60);
    for (const { owner, property } of ofSources) {
      const isQuery = owner.endsWith('Query');
      const place = isQuery ? documented.parameters : (documented.schemas.get(owner) ?? new Set());
      // A class that is only there to be app has no schema of its own.
      if (!isQuery && !documented.schemas.has(owner) && BASE_CLASSES.includes(owner)) continue;
      expect([owner, property, place.has(property)]).toEqual([owner, property, true]);
    }
  });

  it('is made by decorators only: a plugin of the compiler would change what tests do not see', () => {
    const { compilerOptions } = JSON.parse(readFileSync('nest-cli.json', 'utf8')) as {
      compilerOptions: object;
    };
    expect(compilerOptions).not.toHaveProperty('plugins');
  });
});

async function signIn(url: string, transport = 'body') {
  const { body, headers } = await call<{ access_token: string }>(
    'POST',
    `${url}/api/auth/register`,
    {
      body: { email: newEmail(), password: PASSWORD, transport },
      headers: { origin: url, 'x-requested-with': 'jest' },
    },
  );
  return { accessToken: body.access_token, headers };
}

/** Classes of DTOs of which there are no values, only of those that extend them. */
const BASE_CLASSES = ['Names'];

function dtoFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.dto.ts'))
    .map((path) => join('src', path));
}

/** The properties that classes of a file declare. */
function propertiesOfClasses(path: string): { owner: string; property: string }[] {
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.filter(ts.isClassDeclaration).flatMap(({ name, members }) =>
    members.filter(ts.isPropertyDeclaration).map((member) => ({
      owner: name?.text ?? '',
      property: (member.name as ts.Identifier).text,
    })),
  );
}

/** The names of what has a type in a document: properties by their schema, and parameters. */
function documentedProperties(document: OpenAPIObject) {
  const hasType = (schema: object) =>
    ['$ref', 'allOf', 'anyOf'].some((key) => key in schema) ||
    ('type' in schema &&
      (schema.type !== 'object' || 'properties' in schema || 'additionalProperties' in schema));
  const schemas = new Map(
    Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>).map(
      ([name, { properties = {} }]) => [
        name,
        new Set(Object.keys(properties).filter((key) => hasType(properties[key] ?? {}))),
      ],
    ),
  );
  const parameters = Object.values(document.paths)
    .flatMap((methods) => Object.values(methods as Record<string, Operation>))
    .flatMap((operation) => operation.parameters ?? [])
    .filter(({ schema }) => schema && hasType(schema));
  return { schemas, parameters: new Set(parameters.map(({ name }) => name)) };
}

/** Every enumeration in a document, with its path there. */
function enumsIn(node: unknown, path: string[] = []): { path: string; values: unknown[] }[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('enum' in node && Array.isArray(node.enum))
    return [{ path: path.join('.'), values: node.enum }];
  return Object.entries(node).flatMap(([key, value]) => enumsIn(value, [...path, key]));
}
