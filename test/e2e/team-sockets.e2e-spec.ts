import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { ConflictException, Module, type INestApplicationContext, type Type } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type AbstractWsAdapter,
  type OnGatewayConnection,
} from '@nestjs/websockets';
import { IsString } from 'class-validator';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import {
  AccessTokens,
  AuthModule,
  CurrentSession,
  CurrentUser,
  Roles,
  Users,
  type CallingUser,
  Public,
  SessionEndings,
  SessionsModule,
} from '../../src/index.js';
import { Api, claimsOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

class Note {
  @IsString()
  text: string;
}

interface Reply {
  readonly event: string;
  readonly data: unknown;
}

/** A gateway as a team would write it. */
@WebSocketGateway()
class NotesGateway {
  @SubscribeMessage('me')
  me(@CurrentUser() user: { id: string }, @CurrentSession() session: { id: string }): Reply {
    return { event: 'me', data: { user: user.id, session: session.id } };
  }

  @Roles('admin')
  @SubscribeMessage('secret')
  secret(@CurrentUser() { roles }: CallingUser): Reply {
    return { event: 'secret', data: roles };
  }

  @Public()
  @SubscribeMessage('motto')
  motto(): Reply {
    return { event: 'motto', data: 'Write it down.' };
  }

  @SubscribeMessage('write')
  write(@MessageBody() note: Note): Reply {
    return { event: 'written', data: note };
  }

  @Public()
  @SubscribeMessage('fail')
  fail(@MessageBody() how: string): never {
    if (how === 'conflict') throw new ConflictException('You have this note already.');
    if (how === 'own') throw new WsException({ mine: true });
    if (how === 'words') throw new WsException('Mine.');
    throw new TypeError('hunter2');
  }
}

@Module({ providers: [NotesGateway] })
class NotesModule {}

/** What docs/extending.md shows. */
@WebSocketGateway()
class SignedInGateway {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly endings: SessionEndings,
  ) {}

  @Public()
  @SubscribeMessage('sign-in')
  async signIn(@ConnectedSocket() socket: WebSocket, @MessageBody() token: string): Promise<Reply> {
    const { userId, sessionId } = await this.tokens.attach(socket, token);
    const ending = this.endings.of(sessionId).subscribe(() => socket.close(4401));
    socket.once('close', () => ending.unsubscribe());
    return { event: 'signed-in', data: userId };
  }

  @SubscribeMessage('me')
  me(@CurrentUser() user: { id: string }): Reply {
    return { event: 'me', data: user.id };
  }
}

@Module({ imports: [AuthModule, SessionsModule], providers: [SignedInGateway] })
class SignedInModule {}

/** Takes the token in the handshake, and catches nothing. */
@WebSocketGateway()
class CarelessGateway implements OnGatewayConnection<WebSocket> {
  constructor(private readonly tokens: AccessTokens) {}

  async handleConnection(socket: WebSocket, { headers }: IncomingMessage): Promise<void> {
    if (headers.authorization === 'sync') throw new WsException('Mine.');
    await this.tokens.attach(socket, headers.authorization?.slice('Bearer '.length));
  }

  @SubscribeMessage('me')
  me(@CurrentUser() user: { id: string }): Reply {
    return { event: 'me', data: user.id };
  }
}

@Module({ imports: [AuthModule], providers: [CarelessGateway] })
class CarelessModule {}

const WITH_WS = (app: INestApplicationContext) => new WsAdapter(app);
const WITH_SOCKET_IO = (app: INestApplicationContext) => new IoAdapter(app);

describe("a team's gateway", () => {
  let app: TestApp;
  const opened: { close(): void }[] = [];

  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.close();
    await app.close();
  });

  async function start(
    adapter: (app: INestApplicationContext) => AbstractWsAdapter,
    module: Type = NotesModule,
  ): Promise<Api> {
    app = await startApp({
      modules: [module],
      configure: (nest) => {
        nest.useWebSocketAdapter(adapter(nest));
      },
    });
    return new Api(app.url);
  }

  async function openWs(headers: Record<string, string> = {}) {
    const socket = new WebSocket(app.url.replace('http', 'ws'), { headers });
    opened.push(socket);
    await once(socket, 'open');
    return {
      socket,
      async ask(event: string, data?: unknown): Promise<Reply> {
        const replied = once(socket, 'message');
        socket.send(JSON.stringify({ event, data }));
        const [text] = (await replied) as [Buffer];
        return JSON.parse(text.toString()) as Reply;
      },
    };
  }

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  it('is closed without a token, and stays open for what is public', async () => {
    await start(WITH_WS);
    const { ask } = await openWs();
    expect(await ask('me')).toMatchObject({
      event: 'exception',
      data: { code: 'token_missing', status: 401, instance: 'me' },
    });
    expect(await ask('motto')).toEqual({ event: 'motto', data: 'Write it down.' });
  });

  it('admits those with a role, on a socket that is open, until it is taken away', async () => {
    const api = await start(WITH_WS);
    const users = app.nest.get(Users, { strict: false });
    const { access_token: none, user, email } = await api.register();
    const { ask: askWithout } = await openWs(bearer(none));
    expect(await askWithout('secret')).toMatchObject({ data: { code: 'forbidden' } });
    await users.setRoles(user.id, ['admin']);
    expect(await askWithout('secret')).toMatchObject({ data: { code: 'token_expired' } });
    const { ask } = await openWs(bearer((await api.login(email)).body.access_token));
    expect(await ask('secret')).toEqual({ event: 'secret', data: ['admin'] });
    await users.setRoles(user.id, []);
    expect(await ask('secret')).toMatchObject({ data: { code: 'token_expired' } });
  });

  it('knows the user by the header of the handshake', async () => {
    const api = await start(WITH_WS);
    const { access_token: token, user, session_id } = await api.register();
    const { ask } = await openWs(bearer(token));
    const data = { user: user.id, session: session_id };
    expect(await ask('me')).toEqual({ event: 'me', data });
  });

  it.each([
    ['of no session', 'Bearer a.b.c', 'token_invalid'],
    ['of another scheme', 'Basic YTpi', 'token_missing'],
  ])('is closed to a header %s', async (_, authorization, code) => {
    await start(WITH_WS);
    const { ask } = await openWs({ authorization });
    expect((await ask('me')).data).toMatchObject({ code });
  });

  it('refuses the next message of a session that has ended meanwhile', async () => {
    const api = await start(WITH_WS);
    const { access_token: token } = await api.register();
    const { ask } = await openWs(bearer(token));
    expect((await ask('me')).event).toBe('me');
    await api.logout(token);
    expect(await ask('me')).toMatchObject({
      event: 'exception',
      data: { code: 'session_revoked', clear_credentials: true },
    });
    expect((await ask('motto')).event).toBe('motto');
  });

  it('refuses messages once the token has expired', async () => {
    const api = await start(WITH_WS);
    const { access_token: token } = await api.register();
    const { ask } = await openWs(bearer(token));
    app.clock.advance({ hours: 9 });
    expect((await ask('me')).data).toMatchObject({ code: 'token_expired' });
  });

  it.each([
    ['conflict', { code: 'conflict', status: 409, detail: 'You have this note already.' }],
    ['own', { mine: true }],
    ['words', { status: 'error', message: 'Mine.' }],
    ['unforeseen', { code: 'internal_error', status: 500 }],
  ])('answers what it throws as an exception: %s', async (how, data) => {
    await start(WITH_WS);
    const { ask } = await openWs();
    const reply = await ask('fail', how);
    expect(reply).toMatchObject({ event: 'exception', data });
    expect(JSON.stringify(reply)).not.toContain('hunter2');
  });

  it('has its messages validated', async () => {
    const api = await start(WITH_WS);
    const { ask } = await openWs(bearer((await api.register()).access_token));
    expect((await ask('write', { text: 1 })).data).toMatchObject({ code: 'validation_failed' });
    expect((await ask('write', { text: 'a' })).event).toBe('written');
  });

  it('is signed in by a message, and closed when the session ends', async () => {
    const api = await start(WITH_WS, SignedInModule);
    const { access_token: token, user } = await api.register();
    const { socket, ask } = await openWs();
    expect((await ask('sign-in', 'a.b.c')).data).toMatchObject({ code: 'token_invalid' });
    expect((await ask('sign-in')).data).toMatchObject({ code: 'token_missing' });
    expect((await ask('sign-in', token)).data).toBe(user.id);
    expect((await ask('me')).data).toBe(user.id);

    const closed = once(socket, 'close');
    await api.logout(token);
    expect((await closed)[0]).toBe(4401);
  });

  it.each([[{ token: 'a.b.c' }], [17], [true], [['a.b.c']]])(
    'is not signed in by what is no text: %j',
    async (token) => {
      await start(WITH_WS, SignedInModule);
      const { ask } = await openWs();
      expect((await ask('sign-in', token)).data).toMatchObject({ code: 'token_invalid' });
      expect((await ask('me')).data).toMatchObject({ code: 'token_missing' });
    },
  );

  it('goes on with a newer token of the same user, and with no other', async () => {
    const api = await start(WITH_WS, SignedInModule);
    const { access_token: token, email } = await api.register();
    const stranger = await api.anotherDevice().register();
    const { ask } = await openWs();
    await ask('sign-in', token);
    app.clock.advance({ hours: 9 });
    expect((await ask('me')).data).toMatchObject({ code: 'token_expired' });

    const { access_token: newer } = (await api.login(email)).body;
    expect((await ask('sign-in', newer)).event).toBe('signed-in');
    expect((await ask('me')).data).toBe(claimsOf(newer).sub);
    const { access_token: other } = (await api.anotherDevice().login(stranger.email)).body;
    expect((await ask('sign-in', other)).data).toMatchObject({ code: 'forbidden' });
    expect((await ask('me')).data).toBe(claimsOf(newer).sub);
  });

  it('is told why its connection is refused, and does not end the process', async () => {
    const api = await start(WITH_WS, CarelessModule);
    const { access_token: token, user } = await api.register();
    for (const [headers, data] of [
      [{}, { code: 'token_missing', instance: 'connection' }],
      [bearer('a.b.c'), { code: 'token_invalid' }],
      [{ authorization: 'sync' }, { status: 'error', message: 'Mine.' }],
    ] as const) {
      const socket = new WebSocket(app.url.replace('http', 'ws'), { headers });
      opened.push(socket);
      const [[text], [code]] = (await Promise.all([
        once(socket, 'message'),
        once(socket, 'close'),
      ])) as [[Buffer], [number]];
      expect(JSON.parse(text.toString())).toMatchObject({ event: 'exception', data });
      expect(code).toBe(1008);
    }
    const { ask } = await openWs(bearer(token));
    expect((await ask('me')).data).toBe(user.id);
  });

  it('leaves requests for an upgrade as they are where there is no gateway', async () => {
    app = await startApp();
    const response = await fetch(`${app.url}/health/live`);
    expect(app.nest.getHttpServer().listenerCount('upgrade')).toBe(0);
    expect(response.status).toBe(200);
  });

  describe('of Socket.IO', () => {
    type Answer = Record<string, unknown>;

    async function openIo(options: { headers?: Record<string, string>; token?: string }) {
      const socket = io(app.url, {
        transports: ['websocket'],
        extraHeaders: options.headers,
        auth: { token: options.token },
      });
      opened.push(socket);
      await eventually(() => socket.connected);
      return (event: string) =>
        new Promise<Answer>((resolve) => {
          socket.once('me', resolve).once('exception', resolve);
          socket.emit(event, {});
        });
    }

    it('knows the user by the header of the handshake, or by auth.token', async () => {
      const api = await start(WITH_SOCKET_IO);
      const { access_token: token, user } = await api.register();
      expect(await (await openIo({ headers: bearer(token) }))('me')).toMatchObject({
        user: user.id,
      });
      expect(await (await openIo({ token }))('me')).toMatchObject({ user: user.id });
    });

    it('is closed without a token, and when the session has ended meanwhile', async () => {
      const api = await start(WITH_SOCKET_IO);
      const { access_token: token } = await api.register();
      expect(await (await openIo({}))('me')).toMatchObject({ code: 'token_missing' });
      const ask = await openIo({ token });
      await ask('me');
      await api.logout(token);
      expect(await ask('me')).toMatchObject({ code: 'session_revoked' });
    });
  });
});
