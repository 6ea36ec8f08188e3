import { once } from 'node:events';
import { ConflictException, HttpException, Module } from '@nestjs/common';
import { Args, GraphQLModule, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { GraphQLError } from 'graphql';
import { WebSocket } from 'ws';
import {
  CurrentSession,
  CurrentUser,
  Problem,
  Public,
  Roles,
  Users,
  type CallingUser,
} from '../../src/index.js';
import { Api, call, type CallOptions } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { describeOnFastify } from '../support/mounted.js';

@Resolver()
class NotesResolver {
  @Query(() => String)
  me(@CurrentUser() user: { id: string }): string {
    return user.id;
  }

  @Query(() => String)
  session(@CurrentSession() session: { id: string }): string {
    return session.id;
  }

  @Roles('admin')
  @Query(() => [String])
  secret(@CurrentUser() { roles }: CallingUser): readonly string[] {
    return roles;
  }

  @Public()
  @Query(() => String)
  motto(): string {
    return 'Write it down.';
  }

  @Mutation(() => Int)
  fail(@Args('how') how: string): number {
    switch (how) {
      case 'problem':
        throw new Problem('email_taken');
      case 'conflict':
        throw new ConflictException('You have a note of this name already.');
      case 'teapot':
        throw new HttpException('This is a teapot.', 418);
      case 'own':
        throw new GraphQLError('Mine.', { extensions: { code: 'OWN' } });
      default:
        throw new TypeError('hunter2');
    }
  }
}

@Resolver()
class TicksResolver {
  @Subscription(() => String, { resolve: (value: string) => value })
  async *ticks(@CurrentUser() user: { id: string }) {
    yield await Promise.resolve(user.id);
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
      subscription: true,
    }),
  ],
  providers: [NotesResolver, TicksResolver],
})
class NotesModule {}

interface Result {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; path: string[]; extensions: object }[];
}

describeOnFastify("a team's resolver, by mercurius on Fastify", () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ modules: [NotesModule], env: { LOG_LEVEL: 'silent' } });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  const ask = (query: string, options: CallOptions = {}) =>
    call<Result>('POST', `${app.url}/graphql`, { body: { query }, ...options });

  it('sees who asks, and in which session', async () => {
    const { access_token: token, user, session_id } = await api.register();
    const { body } = await ask('{ me session }', { token });
    expect(body).toEqual({ data: { me: user.id, session: session_id } });
  });

  it('admits those with a role, until it is taken away', async () => {
    const users = app.nest.get(Users, { strict: false });
    const codeFor = async (token: string) =>
      (await ask('{ secret }', { token })).body.errors?.[0]?.extensions;
    const { access_token: none, user, email } = await api.register();
    expect(await codeFor(none)).toMatchObject({ code: 'forbidden' });
    await users.setRoles(user.id, ['admin']);
    const { access_token: token } = (await api.login(email)).body;
    expect((await ask('{ secret }', { token })).body.data).toEqual({ secret: ['admin'] });
    await users.setRoles(user.id, []);
    expect(await codeFor(token)).toMatchObject({ code: 'token_expired' });
  });

  it('is open where it is public', async () => {
    expect((await ask('{ motto }')).body).toEqual({ data: { motto: 'Write it down.' } });
  });

  it('is closed to a request without a token, with a GraphQL error that has our code', async () => {
    const { status, body } = await ask('{ me }');
    expect(status).toBe(200);
    expect(body.data).toBeNull();
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]).toMatchObject({
      path: ['me'],
      extensions: { code: 'token_missing', status: 401, instance: 'me', clear_credentials: false },
    });
  });

  it('is closed to a token that is none of ours', async () => {
    const { body } = await ask('{ me }', { token: 'a.b.c' });
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'token_invalid' });
  });

  it('is closed to a token whose session has ended', async () => {
    const { access_token: token } = await api.register();
    await ask('{ me }', { token });
    await api.logout(token);
    const { body } = await ask('{ me }', { token });
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'session_revoked',
      clear_credentials: true,
    });
  });

  it.each([
    ['problem', { code: 'email_taken', status: 409 }],
    [
      'conflict',
      { code: 'conflict', status: 409, detail: 'You have a note of this name already.' },
    ],
    ['own', { code: 'OWN' }],
    ['unforeseen', { code: 'internal_error', status: 500 }],
  ])('answers what it throws as an error with extensions: %s', async (how, extensions) => {
    const { access_token: token } = await api.register();
    const { text, body } = await ask(`mutation { fail(how: "${how}") }`, { token });
    expect(body.errors?.[0]?.extensions).toMatchObject(extensions);
    expect(text).not.toContain('hunter2');
  });

  it('renews a token that expires soon, as a route does', async () => {
    const { access_token: token } = await api.register();
    expect((await ask('{ me }', { token })).headers.get('x-new-token')).toBeNull();
    app.clock.advance({ hours: 7 });
    const renewed = (await ask('{ me }', { token })).headers.get('x-new-token');
    expect((await ask('{ me }', { token: renewed ?? '' })).body.errors).toBeUndefined();
    expect((await ask('{ motto }', { token })).headers.get('x-new-token')).toBeNull();
  });

  describe('of a subscription', () => {
    /** Subscribes by the protocol graphql-transport-ws, and returns the first answer. */
    async function subscribe(headers: Record<string, string>): Promise<unknown> {
      const url = `${app.url.replace('http', 'ws')}/graphql`;
      const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
      try {
        await once(socket, 'open');
        socket.send(JSON.stringify({ type: 'connection_init' }));
        await once(socket, 'message');
        const payload = { query: 'subscription { ticks }' };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
        const [text] = (await once(socket, 'message')) as [Buffer];
        return JSON.parse(text.toString());
      } finally {
        socket.close();
      }
    }

    it('knows the user by the header of the request that opened the socket', async () => {
      const { access_token: token, user } = await api.register();
      expect(await subscribe({ authorization: `Bearer ${token}` })).toMatchObject({
        payload: { data: { ticks: user.id } },
      });
    });

    it('is closed without a token', async () => {
      expect(JSON.stringify(await subscribe({}))).toContain('token_missing');
    });
  });
});
