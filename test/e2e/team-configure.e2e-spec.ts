import {
  BadRequestException,
  Body,
  Controller,
  Get,
  Injectable,
  Module,
  Post,
  Query,
  ValidationPipe,
  VersioningType,
  type ArgumentsHost,
  type CallHandler,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
  type NestInterceptor,
  type PipeTransform,
  Catch,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE, BaseExceptionFilter } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { IsInt, IsOptional } from 'class-validator';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { CurrentUser, Problem, Public, type Configure } from '../../src/index.js';
import { Api, call } from '../support/api.js';
import { startApp, type TestApp, type TestAppOptions } from '../support/app.js';
import { describeOfWholeServer } from '../support/mounted.js';

/** An error that only its team knows. */
class OutOfPaper extends Error {}

class PageQuery {
  @IsInt()
  @IsOptional()
  page?: number;
}

/** Of another library of validation: without a decorator of class-validator. */
class Plain {
  text: string;
}

class Decorated {
  @IsInt()
  count: number;
}

@Controller('notes')
class NotesController {
  @Get()
  mine(@CurrentUser() user: { id: string }): object {
    return { owner: user.id };
  }

  @Public()
  @Get('page')
  page(@Query() query: PageQuery): object {
    return { page: query.page ?? null, type: typeof query.page };
  }

  @Public()
  @Post('plain')
  plain(@Body() body: Plain): object {
    return body;
  }

  @Public()
  @Post('decorated')
  decorated(@Body() body: Decorated): object {
    return body;
  }

  @Public()
  @Get('paper')
  paper(): never {
    throw new OutOfPaper();
  }

  @Public()
  @Get('bad')
  bad(): never {
    throw new BadRequestException('Not like this.');
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

@Catch(OutOfPaper)
class OutOfPaperFilter implements ExceptionFilter {
  catch(_: OutOfPaper, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<FastifyReply>().status(507).send({ paper: 0 });
  }
}

@Catch()
class CatchAll extends BaseExceptionFilter {}

@Injectable()
class Wrap implements NestInterceptor {
  intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((data: unknown) => ({ data })));
  }
}

function header(fastify: FastifyInstance, _: object, done: () => void): void {
  fastify.addHook('onSend', (_request, reply, _payload, next) => {
    reply.header('x-of-a-team', 'yes');
    next();
  });
  done();
}

const converting = () =>
  new ValidationPipe({ transform: true, transformOptions: { enableImplicitConversion: true } });

const provided = (provide: string, useClass: new () => object): object => {
  @Module({ providers: [{ provide, useClass }] })
  class EnhancerModule {}
  return EnhancerModule;
};

describeOfWholeServer('createApp, with what a team configures', () => {
  let app: TestApp;
  let api: Api;

  afterEach(() => app.close());

  async function start(options: TestAppOptions | Configure = {}): Promise<void> {
    const given = typeof options === 'function' ? { configure: options } : options;
    app = await startApp({ ...given, modules: [NotesModule, ...(given.modules ?? [])] });
    api = new Api(app.url);
  }

  const get = (path: string, token?: string) =>
    call<Record<string, unknown>>('GET', `${app.url}${path}`, { token });
  const post = (path: string, body: object) => call('POST', `${app.url}${path}`, { body });

  describe('a global prefix', () => {
    it("is of the team's routes, while ours keep their paths and aliases", async () => {
      await start((nest) => {
        nest.setGlobalPrefix('backend', { exclude: ['notes/page'] });
      });
      const { access_token: token, user } = await api.register();
      expect((await get('/backend/notes', token)).body).toEqual({ owner: user.id });
      expect((await get('/notes', token)).body.code).toBe('not_found');
      expect((await get('/notes/page')).status).toBe(200);
      for (const path of ['/api/users/me', '/api/v1/users/me', '/users/me', '/api/me'])
        expect((await get(path, token)).status).toBe(200);
      for (const path of ['/health/live', '/metrics', '/.well-known/jwks.json', '/docs'])
        expect((await get(path)).status).toBe(200);
      expect((await get('/backend/api/users/me', token)).body.code).toBe('not_found');
    });

    it('is in the documentation', async () => {
      await start((nest) => {
        nest.setGlobalPrefix('backend');
      });
      const { body } = await get('/openapi.json');
      const paths = Object.keys(body.paths as object);
      expect(paths).toEqual(expect.arrayContaining(['/backend/notes', '/api/users/me']));
      expect(paths).not.toContain('/backend/api/users/me');
    });
  });

  describe('versions', () => {
    it.each([
      ['URIs', { type: VersioningType.URI, defaultVersion: '1' }, '/v1/notes', {}],
      [
        'a header',
        { type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' },
        '/notes',
        { 'x-version': '1' },
      ],
    ] as const)("are of the team's routes, by %s", async (_, versioning, path, headers) => {
      await start((nest) => {
        nest.enableVersioning(versioning);
      });
      const { access_token: token, user } = await api.register();
      expect((await call('GET', `${app.url}${path}`, { token, headers })).body).toEqual({
        owner: user.id,
      });
      expect((await get('/notes', token)).body.code).toBe('not_found');
      expect((await get('/api/users/me', token)).status).toBe(200);
      expect((await get('/api/v1/users/me', token)).status).toBe(200);
    });

    it('go together with the prefix api', async () => {
      await start((nest) => {
        nest.setGlobalPrefix('api');
        nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
      });
      const { access_token: token, user } = await api.register();
      expect((await get('/api/v1/notes', token)).body).toEqual({ owner: user.id });
      expect((await get('/api/v1/auth/verify', token)).status).toBe(200);
      expect((await get('/api/auth/verify', token)).status).toBe(200);
    });
  });

  describe('pipes', () => {
    it('without any of theirs, ours validates their types', async () => {
      await start();
      expect((await get('/notes/page?page=2')).body.code).toBe('validation_failed');
      expect((await post('/notes/decorated', { count: 1, more: 1 })).body.code).toBe(
        'validation_failed',
      );
    });

    it('of a type without a rule, nothing is rejected', async () => {
      await start();
      expect((await post('/notes/plain', { text: 'a' })).body).toEqual({ text: 'a' });
    });

    class Converting implements PipeTransform {
      private readonly pipe = converting();
      transform: PipeTransform['transform'] = (value, metadata) =>
        this.pipe.transform(value, metadata);
    }

    it.each<[string, TestAppOptions]>([
      ['useGlobalPipes', { configure: (nest) => void nest.useGlobalPipes(converting()) }],
      ['APP_PIPE', { modules: [provided(APP_PIPE, Converting) as never] }],
    ])('of theirs by %s decide on their types, and ours on ours', async (_, options) => {
      await start(options);
      expect((await get('/notes/page?page=2')).body).toEqual({ page: 2, type: 'number' });
      expect((await get('/notes/page?page=two')).status).toBe(400);
      expect((await post('/notes/decorated', { count: 1, more: 1 })).status).toBe(201);
      const { body } = await api.call('POST', '/auth/login', {
        body: { email: 'a@example.com', password: 'x', more: 1 },
      });
      expect(body.code).toBe('validation_failed');
    });
  });

  describe('filters', () => {
    it('of their own class get what they are for, and ours the rest', async () => {
      await start({ modules: [provided(APP_FILTER, OutOfPaperFilter) as never] });
      const paper = await get('/notes/paper');
      expect([paper.status, paper.body]).toEqual([507, { paper: 0 }]);
      expect((await get('/notes')).body.code).toBe('token_missing');
    });

    it('that catch everything leave status and code of our problems to the client', async () => {
      await start({
        configure: (nest) => {
          nest.useGlobalFilters(new CatchAll(nest.getHttpAdapter()));
        },
      });
      const missing = await get('/notes');
      expect([missing.status, missing.body.code]).toEqual([401, 'token_missing']);
      const bad = await get('/notes/bad');
      expect([bad.status, (bad.body as { message?: string }).message]).toEqual([
        400,
        'Not like this.',
      ]);
    });
  });

  it('has their interceptors around every route', async () => {
    await start({ modules: [provided(APP_INTERCEPTOR, Wrap) as never] });
    expect((await get('/notes/page')).body).toMatchObject({ data: { page: null } });
    expect((await get('/health/live')).body).toHaveProperty('data');
  });

  it('has their global guards after ours', async () => {
    const seen: unknown[] = [];
    const guard: CanActivate = {
      canActivate(context) {
        seen.push(context.switchToHttp().getRequest<FastifyRequest>().user?.userId);
        return true;
      },
    };
    await start((nest) => void nest.useGlobalGuards(guard));
    const { access_token: token, user } = await api.register();
    seen.length = 0;
    await get('/notes', token);
    await get('/notes');
    expect(seen).toEqual([user.id]);
  });

  it('has their plug-ins on every route', async () => {
    await start(async (nest) => {
      // As `fastify-plugin` marks one that is not only for itself.
      await nest.register(Object.assign(header, { [Symbol.for('skip-override')]: true }));
    });
    for (const path of ['/notes/page', '/health/live'])
      expect((await get(path)).headers.get('x-of-a-team')).toBe('yes');
  });

  it.each<[string, Configure]>([
    ['connectMicroservice', (nest) => void nest.connectMicroservice({ strategy: {} as never })],
    ['useGlobalGuards', (nest) => void nest.useGlobalGuards({ canActivate: () => false })],
    ['useGlobalPipes', (nest) => void nest.useGlobalPipes(converting())],
    ['useGlobalInterceptors', (nest) => void nest.useGlobalInterceptors(new Wrap())],
    ['useGlobalFilters', (nest) => void nest.useGlobalFilters(new OutOfPaperFilter())],
    ['setGlobalPrefix', (nest) => void nest.setGlobalPrefix('backend')],
    ['enableVersioning', (nest) => void nest.enableVersioning()],
    ['useWebSocketAdapter', (nest) => void nest.useWebSocketAdapter(new WsAdapter(nest))],
    ['enableCors', (nest) => void nest.enableCors()],
    ['use', (nest) => void nest.use(() => undefined)],
    ['register', (nest) => void nest.register((_instance, _options, done) => done())],
  ])('refuses %s afterwards, and names configure', async (name, late) => {
    await start();
    expect(() => late(app.nest)).toThrow(
      `app.${name}() comes too late after createApp(): call it in the option "configure" of createApp().`,
    );
  });

  it('fails if configure fails', async () => {
    await start();
    const failing = startApp({
      beside: app,
      configure: () => {
        throw new Problem('conflict');
      },
    });
    await expect(failing).rejects.toMatchObject({ code: 'conflict' });
  });
});
