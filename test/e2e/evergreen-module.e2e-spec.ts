import {
  Body,
  Catch,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  VersioningType,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type INestApplication,
  type ModuleMetadata,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  CurrentUser,
  EvergreenModule,
  Public,
  User,
  type EvergreenOptions,
  type MountOptions,
} from '../../src/index.js';
import { Api, call } from '../support/api.js';
import { TEST_SECRET } from '../support/app.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

class OutOfPaper extends Error {}

/** A team's own filter for one of its errors. */
@Catch(OutOfPaper)
class OutOfPaperFilter implements ExceptionFilter {
  catch(_error: OutOfPaper, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<{ status(code: number): Sender }>();
    reply.status(507).send({ words: 'out of paper' });
  }
}

interface Sender {
  send(body: object): unknown;
}

/** A usual role guard: it allows requests without a user. */
@Injectable()
class RolesGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<{ user?: object }>();
    return user === undefined;
  }
}

@Controller()
class TeamController {
  @Get('notes')
  notes(@CurrentUser() user: { id: string }) {
    return { owner: user.id };
  }

  @Public()
  @Get('users/42')
  user() {
    return { name: 'their own' };
  }

  @Public()
  @Post('form')
  form(@Body() body: Record<string, string>) {
    return body;
  }

  @Public()
  @Get('print')
  print() {
    throw new OutOfPaper();
  }
}

@Controller('reports')
class ReportsController {
  @Get()
  all() {
    return {};
  }
}

const ADAPTERS = { fastify: () => new FastifyAdapter(), express: () => new ExpressAdapter() };

describe.each(Object.entries(ADAPTERS))('EvergreenModule on %s', (_adapter, newAdapter) => {
  let database: TestDatabase;
  const apps: INestApplication[] = [];

  beforeAll(async () => {
    database = await createDatabase();
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
  });
  afterAll(() => database.drop());

  const options = (tokens: Partial<EvergreenOptions['tokens']> = {}): EvergreenOptions => ({
    environment: 'development',
    logLevel: 'silent',
    database: { url: database.url },
    tokens: { secret: TEST_SECRET, ...tokens },
    passwords: { bcryptCost: 4 },
  });

  /** Listens with the team's module as its root, which Nest scans first. */
  async function start(
    evergreen: object,
    own: ModuleMetadata = {},
    configure?: (app: INestApplication) => void,
  ): Promise<string> {
    @Module({
      controllers: [TeamController],
      ...own,
      imports: [evergreen as never, ...(own.imports ?? [])],
    })
    class TeamModule {}
    const app = await NestFactory.create(TeamModule, newAdapter(), {
      logger: false,
      abortOnError: false,
    });
    apps.push(app);
    configure?.(app);
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }
  const mounted = (mount?: MountOptions) => EvergreenModule.forRoot(options(), mount);

  it('guards the routes of the application, and leaves its paths to it', async () => {
    const url = await start(mounted());
    const { access_token: token, user } = await new Api(url).register();
    expect((await call('GET', `${url}/notes`)).body.code).toBe('token_missing');
    expect((await call('GET', `${url}/notes`, { token })).body).toEqual({ owner: user.id });
    expect((await call('GET', `${url}/users/42`)).body).toEqual({ name: 'their own' });
    expect((await call('GET', `${url}/users/me`, { token })).body).toMatchObject({ id: user.id });
  });

  it('replaces no alias with `aliases: false`', async () => {
    const url = await start(mounted({ aliases: false }));
    const { access_token: token } = await new Api(url).register();
    expect((await call('GET', `${url}/users/me`, { token })).status).toBe(404);
    expect((await call('GET', `${url}/api/users/me`, { token })).status).toBe(200);
  });

  it('leaves the bodies of the application to its parsers, and takes only JSON itself', async () => {
    const url = await start(mounted());
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = { headers, body: 'email=a%40example.com&password=x' };
    expect((await call('POST', `${url}/form`, form)).body).toEqual({
      email: 'a@example.com',
      password: 'x',
    });
    expect((await call('POST', `${url}/form`, { body: { nested: [[['x']]] } })).body).toEqual({
      nested: [[['x']]],
    });
    expect((await call('POST', `${url}/api/auth/login`, form)).body.code).toBe(
      'unsupported_media_type',
    );
    expect((await call('POST', `${url}/api/auth/login`, { body: '{"a":' })).body.code).toBe(
      'malformed_json',
    );
    expect(
      (await call('POST', `${url}/api/auth/login`, { body: '{"__proto__": {}}' })).body.code,
    ).toBe('malformed_json');
    expect(
      (await call('POST', `${url}/api/auth/login`, { body: { email: 'x'.repeat(200_000) } })).body
        .code,
    ).toBe('payload_too_large');
  });

  it('sets its security headers on its own paths alone', async () => {
    const url = await start(mounted());
    const policyOf = async (path: string) =>
      (await call('GET', url + path)).headers.get('content-security-policy');
    expect(await policyOf('/health/live')).toContain("default-src 'self'");
    expect(await policyOf('/users/42')).toBeNull();
  });

  it("runs its guard before those of the root module, and its filter after the team's", async () => {
    const url = await start(mounted(), {
      controllers: [TeamController, ReportsController],
      providers: [
        { provide: APP_GUARD, useClass: RolesGuard },
        { provide: APP_FILTER, useClass: OutOfPaperFilter },
      ],
    });
    expect(await (await fetch(`${url}/print`)).json()).toEqual({ words: 'out of paper' });
    const registered = await call<{ access_token: string }>('POST', `${url}/api/auth/register`, {
      body: { email: `a-${Date.now()}@example.com`, password: 'violet-Harbor-73-lantern' },
    });
    const token = registered.body.access_token;
    expect((await call('GET', `${url}/reports`, { token })).body.code).toBe('forbidden');
    expect((await call('GET', `${url}/reports`)).body.code).toBe('token_missing');
  });

  it('keeps its paths where the application has a prefix and versions', async () => {
    const configure = (app: INestApplication) => {
      app.setGlobalPrefix('backend');
      app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    };
    const url = await start(mounted(), {}, configure);
    const { access_token: token, user } = await new Api(url).register();
    for (const path of ['/api/users/me', '/api/v1/users/me', '/users/me'])
      expect((await call('GET', url + path, { token })).body).toMatchObject({ id: user.id });
    const notes = await call('GET', `${url}/backend/v1/notes`, { token });
    expect(notes.body).toEqual({ owner: user.id });
    expect((await call('GET', `${url}/notes`, { token })).status).toBe(404);
  });

  it('logs settings that are probably mistakes', async () => {
    const lines: unknown[] = [];
    const ignore = () => undefined;
    const logger = { log: ignore, error: ignore, warn: (line: unknown) => lines.push(line) };
    const renewal = { accessSeconds: 7200, autoRenewMaxSeconds: 3600 };
    @Module({ imports: [EvergreenModule.forRoot(options(renewal))] })
    class TeamModule {}
    const app = await NestFactory.create(TeamModule, newAdapter(), { logger, abortOnError: false });
    apps.push(app);
    await app.init();
    expect(lines).toContainEqual(expect.stringContaining('tokens.autoRenewMaxSeconds'));
  });

  it('leaves the default data source to the application', async () => {
    const own = TypeOrmModule.forRoot({ type: 'postgres', url: database.url });
    const url = await start(mounted(), { imports: [own] });
    expect((await new Api(url).register()).user.email).toContain('@');
    const [app] = apps;
    expect(app?.get<DataSource>(DataSource).hasMetadata(User)).toBe(false);
    expect(app?.get<DataSource>(getDataSourceToken('evergreen')).hasMetadata(User)).toBe(true);
  });

  it('takes options from a factory with what it injects', async () => {
    const SECRET = Symbol('secret');
    @Module({ providers: [{ provide: SECRET, useValue: TEST_SECRET }], exports: [SECRET] })
    class SecretsModule {}
    const url = await start(
      EvergreenModule.forRootAsync({
        imports: [SecretsModule],
        inject: [SECRET],
        useFactory: async (secret: string) => options({ secret }),
      }),
    );
    expect((await new Api(url).register()).access_token).toBeDefined();
  });

  it('keeps two applications with different keys apart in one process', async () => {
    const [one, two] = [
      await start(mounted()),
      await start(EvergreenModule.forRoot(options({ secret: TEST_SECRET.replaceAll('6', '7') }))),
    ];
    const { access_token: token } = await new Api(one).register();
    expect((await call('GET', `${one}/api/auth/verify`, { token })).status).toBe(200);
    expect((await call('GET', `${two}/api/auth/verify`, { token })).body.code).toBe(
      'token_invalid',
    );
    const renewed = await new Api(two).register();
    expect(
      (await call('GET', `${two}/api/auth/verify`, { token: renewed.access_token })).status,
    ).toBe(200);
  });

  it('refuses to start with options that are invalid, and names them', async () => {
    const wrong = { ...options(), tokens: { secret: 'short' }, environment: 'production' as const };
    await expect(start(EvergreenModule.forRoot(wrong))).rejects.toThrow(/tokens\.secret/);
    const unknown = { ...options(), token: {}, acessSeconds: 3 } as EvergreenOptions;
    await expect(start(EvergreenModule.forRoot(unknown))).rejects.toThrow(
      'acessSeconds is not an option of Evergreen',
    );
  });
});

describe('EvergreenModule', () => {
  const app = (adapter: object, trustedProxies: readonly string[] = []) => {
    const evergreen = EvergreenModule.forRoot({
      database: { url: 'postgres://localhost:1/none' },
      tokens: { secret: TEST_SECRET },
      trustedProxies,
    });
    @Module({ imports: [evergreen] })
    class TeamModule {}
    return NestFactory.create(TeamModule, adapter as never, { logger: false, abortOnError: false });
  };

  it('refuses to start where Fastify was not told of the trusted proxies', async () => {
    await expect(app(new FastifyAdapter(), ['10.0.0.0/8'])).rejects.toThrow(
      'new FastifyAdapter(fastifyOptions({ trustedProxies }))',
    );
  });

  it('refuses to start on another adapter', async () => {
    const adapter = Object.assign(new FastifyAdapter(), { getType: () => 'koa' });
    await expect(app(adapter)).rejects.toThrow('must be that of Fastify or Express');
  });
});
