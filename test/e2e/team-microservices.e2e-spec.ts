import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ConflictException, Controller, Logger, Module } from '@nestjs/common';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
  type ClientProxy,
} from '@nestjs/microservices';
import { IsString } from 'class-validator';
import { firstValueFrom } from 'rxjs';
import {
  CurrentSession,
  CurrentUser,
  Public,
  Roles,
  Users,
  type CallingUser,
} from '../../src/index.js';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { ofWholeServer } from '../support/mounted.js';

class Note {
  @IsString()
  text: string;
}

@Controller()
class NotesController {
  @MessagePattern('me')
  me(@CurrentUser() user: { id: string }, @CurrentSession() session: { id: string }) {
    return { user: user.id, session: session.id };
  }

  @Public()
  @MessagePattern('motto')
  motto() {
    return 'Write it down.';
  }

  @Roles('admin')
  @MessagePattern('secret')
  secret(@CurrentUser() { roles }: CallingUser) {
    return { roles };
  }

  @MessagePattern('count')
  count() {
    return 1;
  }

  @Public()
  @MessagePattern('write')
  write(@Payload() note: Note) {
    return note;
  }

  @Public()
  @MessagePattern('fail')
  fail(@Payload() how: string) {
    if (how === 'conflict') throw new ConflictException('You have this note already.');
    if (how === 'own') throw new RpcException({ mine: true });
    if (how === 'words') throw new RpcException('Mine.');
    throw new TypeError('hunter2');
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

describe("a team's TCP microservice", () => {
  let app: TestApp;
  let client: ClientProxy;

  afterEach(async () => {
    jest.restoreAllMocks();
    await client.close();
    await app.close();
  });

  async function start(hybrid?: { inheritAppConfig: boolean }): Promise<Api> {
    const options = { host: '127.0.0.1', port: await freePort() };
    app = await startApp({
      modules: [NotesModule],
      configure: (nest) => {
        nest.connectMicroservice({ transport: Transport.TCP, options }, hybrid);
      },
    });
    await app.nest.startAllMicroservices();
    client = ClientProxyFactory.create({ transport: Transport.TCP, options });
    return new Api(app.url);
  }

  /** The response, or what it was refused with. */
  async function send(pattern: string, data: unknown = {}, authorization?: string) {
    client.setOnDispatchHook((packet) => {
      if (authorization !== undefined) packet.metadata = { authorization };
    });
    return firstValueFrom(client.send<unknown>(pattern, data)).catch((error: unknown) => error);
  }

  describe('that inherits the configuration of the application', () => {
    it('is closed without a token, and open where it is public', async () => {
      const warnings = jest.spyOn(Logger.prototype, 'warn');
      await start({ inheritAppConfig: true });
      expect(warnings).not.toHaveBeenCalled();
      expect(await send('me')).toMatchObject({
        code: 'token_missing',
        status: 401,
        instance: 'me',
      });
      expect(await send('me', '')).toMatchObject({ code: 'token_missing' });
      expect(await send('motto')).toBe('Write it down.');
      expect(await send('motto', '')).toBe('Write it down.');
    });

    it('knows the user by the metadata of the message, until the session ends', async () => {
      const api = await start({ inheritAppConfig: true });
      const { access_token: token, user, session_id } = await api.register();
      const authorization = `Bearer ${token}`;
      expect(await send('me', {}, authorization)).toEqual({ user: user.id, session: session_id });
      await api.logout(token);
      expect(await send('me', {}, authorization)).toMatchObject({ code: 'session_revoked' });
    });

    it('admits those with a role, until it is taken away', async () => {
      const api = await start({ inheritAppConfig: true });
      const users = app.nest.get(Users, { strict: false });
      const { access_token: none, user, email } = await api.register();
      expect(await send('secret', {}, `Bearer ${none}`)).toMatchObject({ code: 'forbidden' });
      await users.setRoles(user.id, ['admin']);
      const authorization = `Bearer ${(await api.login(email)).body.access_token}`;
      expect(await send('secret', {}, authorization)).toEqual({ roles: ['admin'] });
      await users.setRoles(user.id, []);
      expect(await send('secret', {}, authorization)).toMatchObject({ code: 'token_expired' });
    });

    it('takes no token from a payload', async () => {
      const api = await start({ inheritAppConfig: true });
      const { access_token } = await api.register();
      const data = { access_token, authorization: `Bearer ${access_token}` };
      expect(await send('me', data)).toMatchObject({ code: 'token_missing' });
      expect(await send('me', {}, access_token)).toMatchObject({ code: 'token_missing' });
      expect(await send('me', {}, 'Bearer a.b.c')).toMatchObject({ code: 'token_invalid' });
    });

    it.each([
      ['conflict', { code: 'conflict', status: 409, detail: 'You have this note already.' }],
      ['own', { mine: true }],
      ['words', { status: 'error', message: 'Mine.' }],
      ['unforeseen', { code: 'internal_error', status: 500 }],
    ])('answers what it throws with an error: %s', async (how, error) => {
      await start({ inheritAppConfig: true });
      const answer = await send('fail', how);
      expect(answer).toMatchObject(error);
      expect(JSON.stringify(answer)).not.toContain('hunter2');
    });

    it('has its payloads validated', async () => {
      await start({ inheritAppConfig: true });
      expect(await send('write', { text: 1 })).toMatchObject({ code: 'validation_failed' });
      expect(await send('write', { text: 'a' })).toEqual({ text: 'a' });
    });
  });

  ofWholeServer(
    'has no guard without it, as Nest says, but a warning, and then knows no user',
    async () => {
      const warnings = jest.spyOn(Logger.prototype, 'warn');
      const api = await start();
      expect(warnings).toHaveBeenCalledWith(expect.stringContaining('inheritAppConfig'));
      const { access_token: token } = await api.register();
      expect(await send('count')).toBe(1);
      expect(await send('motto', '')).toBe('Write it down.');
      expect(await send('me', {}, `Bearer ${token}`)).toMatchObject({ status: 'error' });
    },
  );
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
