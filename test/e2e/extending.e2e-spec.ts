import {
  ConflictException,
  Controller,
  Get,
  HttpException,
  Module,
  Post,
  Res,
  UnauthorizedException,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CurrentUser, Public } from '../../src/index.js';
import { startApp } from '../support/app.js';
import { ofWholeServer } from '../support/mounted.js';

// What docs/extending.md shows, word for word but for the import.
@Controller('api/notes')
class NotesController {
  @Get()
  mine(@CurrentUser() user: { id: string }) {
    return { owner: user.id, notes: [] };
  }

  @Public()
  @Get('motto')
  motto() {
    return { motto: 'Write it down.' };
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

@Public()
@Controller('api/refusals')
class RefusalsController {
  @Post()
  refuse() {
    throw new ConflictException('You have a note of this name already.');
  }

  @Post('teapot')
  refuseAsTeapot(@Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('retry-after', '120').header('x-cups', '2');
    throw new HttpException({ message: 'This is a teapot.', cups: 2 }, 418);
  }

  @Post('busy')
  refuseAsBusy(@Res({ passthrough: true }) reply: FastifyReply) {
    void reply.header('retry-after', '120');
    throw new HttpException('Come back in two minutes.', 429);
  }

  @Post('unauthorized')
  refuseAsUnauthorized() {
    throw new UnauthorizedException('The code that you typed is wrong.');
  }
}

@Module({ controllers: [RefusalsController] })
class RefusalsModule {}

describe("a team's own module", () => {
  let app: Awaited<ReturnType<typeof startApp>>;
  let user: { id: string };
  let accessToken: string;

  beforeAll(async () => {
    app = await startApp({ modules: [NotesModule, RefusalsModule] });
    ({ user, accessToken } = await register());
  });

  afterAll(() => app.close());

  it('is closed to a request without a token', async () => {
    const response = await get('/api/notes');

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'token_missing', instance: '/api/notes' });
  });

  it('sees who asks', async () => {
    const response = await get('/api/notes', accessToken);

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ owner: user.id, notes: [] });
  });

  ofWholeServer('answers under /api/v1 as well', async () => {
    const response = await get('/api/v1/notes', accessToken);

    expect(await response.json()).toEqual({ owner: user.id, notes: [] });
  });

  it('is open where it is marked as public', async () => {
    const response = await get('/api/notes/motto');

    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ motto: 'Write it down.' });
  });

  it('has its exceptions answered as problem documents', async () => {
    const response = await send('POST', '/api/refusals');

    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({
      code: 'conflict',
      detail: 'You have a note of this name already.',
    });
  });

  it('has status, words, members and headers of its exceptions sent', async () => {
    const response = await send('POST', '/api/refusals/teapot');

    expect(response.status).toBe(418);
    expect(response.headers.get('x-cups')).toBe('2');
    expect(await response.json()).toMatchObject({
      code: 'request_refused',
      status: 418,
      title: "I'm a Teapot",
      detail: 'This is a teapot.',
      cups: 2,
    });
  });

  it('decides itself when a client may come back', async () => {
    const response = await send('POST', '/api/refusals/busy');

    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('120');
    expect(await response.json()).toMatchObject({
      code: 'rate_limited',
      detail: 'Come back in two minutes.',
    });
  });

  it('says nothing against the token where its own handler refuses with 401', async () => {
    const response = await send('POST', '/api/refusals/unauthorized');

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="evergreen"');
    expect(await response.json()).toMatchObject({ code: 'unauthorized', clear_credentials: false });
  });

  it('is closed to a token whose session has ended', async () => {
    const someoneElse = await register();
    await send('POST', '/api/auth/logout', { token: someoneElse.accessToken });

    const response = await get('/api/notes', someoneElse.accessToken);

    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: 'session_revoked' });
  });

  async function register(): Promise<{ user: { id: string }; accessToken: string }> {
    const email = `notes-${Math.random().toString(36).slice(2)}@example.com`;
    const response = await send('POST', '/api/auth/register', {
      body: { email, password: 'violet-Harbor-73-lantern' },
    });
    const { user, access_token } = (await response.json()) as {
      user: { id: string };
      access_token: string;
    };
    return { user, accessToken: access_token };
  }

  async function get(path: string, token?: string): Promise<Response> {
    return send('GET', path, { token });
  }

  async function send(
    method: string,
    path: string,
    { token, body }: { token?: string; body?: object } = {},
  ): Promise<Response> {
    return fetch(`${app.url}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
});
