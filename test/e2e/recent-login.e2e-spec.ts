import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { GraphQLModule, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { ClientProxyFactory, MessagePattern, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import type { TokenResponse } from '../../src/auth/auth.dto.js';
import { Public, RequireRecentLogin } from '../../src/index.js';
import { queryChannel, type PublishedQuery } from '../../src/platform/database/index.js';
import { Api, call, claimsOf, PASSWORD, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';
import { describeOnFastify, ofWholeServer } from '../support/mounted.js';

const MAX_AGE_SECONDS = 300;
const TOLERANCE_SECONDS = 5;

@Controller('api/payments')
class PaymentsController {
  @RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
  @Post()
  pay(): object {
    return { paid: true };
  }

  @Get()
  list(): object {
    return { payments: [] };
  }

  @Public()
  @RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
  @Get('contradiction')
  contradiction(): object {
    return {};
  }
}

@RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
@Controller('api/keys')
class KeysController {
  @Get()
  list(): object {
    return { keys: [] };
  }

  @RequireRecentLogin({ maxAgeSeconds: 60 })
  @Get('secret')
  secret(): object {
    return { secret: 7 };
  }

  @RequireRecentLogin({ maxAgeSeconds: 3600 })
  @Get('names')
  names(): object {
    return { names: [] };
  }
}

@Module({ controllers: [PaymentsController, KeysController] })
class PaymentsModule {}

describe('@RequireRecentLogin()', () => {
  let app: TestApp;
  let api: Api;

  beforeAll(async () => {
    app = await startApp({ modules: [PaymentsModule] });
    api = new Api(app.url);
  });
  afterAll(() => app.close());

  const pay = async (token: string) => api.call('POST', '/payments', { token });

  /** Sets the clock so many seconds after the user proved who they are. */
  function goTo(token: string, secondsLater: number): void {
    const deadlineMs = ((claimsOf(token).auth_time as number) + secondsLater) * 1000;
    app.clock.advance({ seconds: (deadlineMs - app.clock.nowMs()) / 1000 });
  }

  it('lets a request through until the proof is too old, by the clock and its tolerance', async () => {
    const { access_token: token } = await api.register();
    goTo(token, MAX_AGE_SECONDS);
    expect((await pay(token)).status).toBe(201);
    goTo(token, MAX_AGE_SECONDS + TOLERANCE_SECONDS - 1);
    expect((await pay(token)).status).toBe(201);
    goTo(token, MAX_AGE_SECONDS + TOLERANCE_SECONDS);
    expect((await pay(token)).body.code).toBe('reauthentication_required');
    goTo(token, MAX_AGE_SECONDS + TOLERANCE_SECONDS + 1);
    expect((await pay(token)).body.code).toBe('reauthentication_required');
  });

  it('refuses with the challenge of RFC 9470, and clears nothing', async () => {
    const { access_token: token } = await api.register();
    app.clock.advance({ minutes: 10 });
    const { status, headers, body } = await pay(token);
    expect(status).toBe(401);
    expect(body).toMatchObject({
      code: 'reauthentication_required',
      clear_credentials: false,
      retryable: false,
      max_age: MAX_AGE_SECONDS,
    });
    const challenge = headers.get('www-authenticate');
    expect(challenge).toMatch(/^Bearer /);
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge).toContain('max_age="300"');
    expect((await api.call('GET', '/payments', { token })).status).toBe(200);
  });

  it('is not satisfied by a refresh, and is by a new proof', async () => {
    const session = await api.register();
    const { access_token: token } = session;
    app.clock.advance({ minutes: 10 });
    const { body: refreshed } = await api.refresh(refreshTokenOf(session));
    expect((await pay(refreshed.access_token)).body.code).toBe('reauthentication_required');
    const { body: proven } = await api.call<TokenResponse>('POST', '/auth/reauthenticate', {
      token: refreshed.access_token,
      body: { current_password: PASSWORD },
    });
    expect((await pay(proven.access_token)).status).toBe(201);
    // Stolen before the proof, it must not become fresh with it.
    expect((await pay(token)).body.code).toBe('token_expired');
  });

  it('asks no database', async () => {
    const { access_token: token, user } = await api.register();
    // The mail of the registration needs statements, too.
    await eventually(async () => {
      const mails = await app.database.query<{ sent_at: Date | null }>(
        'SELECT sent_at FROM mails WHERE user_id = $1',
        [user.id],
      );
      return mails.every(({ sent_at }) => sent_at !== null);
    });
    await pay(token);
    app.clock.advance({ minutes: 10 });
    const statements: string[] = [];
    const note = (query: unknown) => statements.push((query as PublishedQuery).summary);
    subscribe(queryChannel.start.name, note);
    expect((await pay(token)).status).toBe(401);
    unsubscribe(queryChannel.start.name, note);
    // An instance looks for mails to send, whoever asks for what.
    expect(statements.filter((name) => !name.includes('_mail'))).toEqual([]);
  });

  it('counts for all routes of a class, unless one has its own', async () => {
    const { access_token: token } = await api.register();
    const statusOf = async (path: string) => (await api.call('GET', path, { token })).status;
    app.clock.advance({ minutes: 2 });
    expect(await statusOf('/keys')).toBe(200);
    expect(await statusOf('/keys/secret')).toBe(401);
    app.clock.advance({ minutes: 8 });
    expect(await statusOf('/keys')).toBe(401);
    expect(await statusOf('/keys/names')).toBe(200);
  });

  it('needs a token that was verified, whatever else is said of the route', async () => {
    expect((await call('POST', `${app.url}/api/payments`)).body.code).toBe('token_missing');
    const { access_token: token } = await api.register();
    const { body } = await api.call('GET', '/payments/contradiction', { token });
    expect(body.code).toBe('token_missing');
  });

  it.each([NaN, -1, 1.5, Infinity])('cannot be declared with %p seconds', (maxAgeSeconds) => {
    expect(() => RequireRecentLogin({ maxAgeSeconds })).toThrow(TypeError);
  });
});

@Resolver()
class PaymentsResolver {
  @RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
  @Query(() => String)
  pay(): string {
    return 'paid';
  }
}

@Module({
  imports: [
    GraphQLModule.forRoot<MercuriusDriverConfig>({
      driver: MercuriusDriver,
      autoSchemaFile: true,
    }),
  ],
  providers: [PaymentsResolver],
})
class GraphqlPaymentsModule {}

const REFUSED = { code: 'reauthentication_required', status: 401, max_age: MAX_AGE_SECONDS };

describeOnFastify('@RequireRecentLogin() on a resolver', () => {
  let app: TestApp;

  afterEach(() => app.close());

  it('answers with a GraphQL error that has the code and the age', async () => {
    app = await startApp({ modules: [GraphqlPaymentsModule] });
    const { access_token: token } = await new Api(app.url).register();
    const ask = async () =>
      call<{ data: object | null; errors?: { extensions: object }[] }>(
        'POST',
        `${app.url}/graphql`,
        { body: { query: '{ pay }' }, token },
      );
    expect((await ask()).body.data).toEqual({ pay: 'paid' });
    app.clock.advance({ minutes: 10 });
    expect((await ask()).body.errors?.[0]?.extensions).toMatchObject(REFUSED);
  });
});

@WebSocketGateway()
class PaymentsGateway {
  @RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
  @SubscribeMessage('pay')
  pay(): object {
    return { event: 'paid', data: true };
  }
}

@Module({ providers: [PaymentsGateway] })
class SocketPaymentsModule {}

describe('@RequireRecentLogin() on a message of a socket', () => {
  let app: TestApp;
  let socket: WebSocket | undefined;

  afterEach(async () => {
    socket?.terminate();
    await app.close();
  });

  it('answers with the event of an exception', async () => {
    app = await startApp({
      modules: [SocketPaymentsModule],
      configure: (nest) => void nest.useWebSocketAdapter(new WsAdapter(nest)),
    });
    const { access_token: token } = await new Api(app.url).register();
    const headers = { authorization: `Bearer ${token}` };
    const opened = new WebSocket(app.url.replace('http', 'ws'), { headers });
    socket = opened;
    await once(opened, 'open');
    const ask = async () => {
      const replied = once(opened, 'message');
      opened.send(JSON.stringify({ event: 'pay' }));
      const [text] = (await replied) as [Buffer];
      return JSON.parse(text.toString()) as object;
    };
    expect(await ask()).toEqual({ event: 'paid', data: true });
    app.clock.advance({ minutes: 10 });
    expect(await ask()).toMatchObject({ event: 'exception', data: REFUSED });
  });
});

@Controller()
class PaymentMessagesController {
  @RequireRecentLogin({ maxAgeSeconds: MAX_AGE_SECONDS })
  @MessagePattern('pay')
  pay(): object {
    return { paid: true };
  }
}

@Module({ controllers: [PaymentMessagesController] })
class MessagesModule {}

describe('@RequireRecentLogin() on a message of a microservice', () => {
  let app: TestApp | undefined;
  let close: (() => unknown) | undefined;

  afterEach(async () => {
    await close?.();
    await app?.close();
  });

  ofWholeServer('answers with an error that has the code and the age', async () => {
    const options = { host: '127.0.0.1', port: await freePort() };
    app = await startApp({
      modules: [MessagesModule],
      configure: (nest) => {
        nest.connectMicroservice({ transport: Transport.TCP, options }, { inheritAppConfig: true });
      },
    });
    await app.nest.startAllMicroservices();
    const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    close = () => client.close();
    const { access_token: token } = await new Api(app.url).register();
    client.setOnDispatchHook((packet) => {
      packet.metadata = { authorization: `Bearer ${token}` };
    });
    const send = async () =>
      firstValueFrom(client.send<unknown>('pay', {})).catch((error: unknown) => error);
    expect(await send()).toEqual({ paid: true });
    app.clock.advance({ minutes: 10 });
    expect(await send()).toMatchObject(REFUSED);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
