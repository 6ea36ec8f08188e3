import { once } from 'node:events';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import multipart from '@fastify/multipart';
import { Body, Controller, Get, Module, Post, Req } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Public, RequestLimits } from '../../src/index.js';
import { Api, call } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { describeOfWholeServer } from '../support/mounted.js';

const handled: string[] = [];

@Public()
@Controller('api/files')
class FilesController {
  @RequestLimits({ seconds: 30 })
  @Post('slow')
  async slow(@Req() request: FastifyRequest): Promise<object> {
    const file = await request.file({ limits: { fileSize: 1_000_000 } });
    return { name: file?.filename, bytes: (await file?.toBuffer())?.length };
  }

  @Post('usual')
  usual(@Body() body: object): object {
    handled.push('usual');
    return body;
  }

  @RequestLimits({ seconds: 5 })
  @Post('quick')
  quick(): object {
    handled.push('quick');
    return {};
  }

  @RequestLimits({ bytes: 1_000_000 })
  @Post('large')
  large(@Body() body: { text: string }): object {
    return { characters: body.text.length };
  }

  @RequestLimits({ bytes: 1000 })
  @RouteConfig({ refusalsAreWarnings: true })
  @Post('small')
  small(): object {
    return {};
  }

  @Get('config')
  @RequestLimits({ seconds: 30 })
  config(@Req() { routeOptions }: FastifyRequest): object {
    return routeOptions.config.requestLimits ?? {};
  }
}

@Module({ controllers: [FilesController] })
class FilesModule {}

describeOfWholeServer('@RequestLimits of the whole server', () => {
  let app: TestApp;

  beforeEach(async () => {
    handled.length = 0;
    app = await startApp({
      modules: [FilesModule],
      configure: async (nest) => {
        await nest.register(multipart as never);
      },
    });
  });
  afterEach(() => app.close());

  const JSON_BODY = ['{"text":', '"a"}'] as const;
  const FORM = [
    '--limit\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf',
    ' and half\r\n--limit--\r\n',
  ] as const;

  /** Sends half of a body, lets time pass, and sends the other half if it still can. */
  async function upload(
    path: string,
    passingSeconds: number,
    [first, second] = JSON_BODY as readonly [string, string],
  ) {
    const type = first.startsWith('--')
      ? 'multipart/form-data; boundary=limit'
      : 'application/json';
    const upload: ClientRequest = request(`${app.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': type, 'content-length': (first + second).length },
    });
    const responded = once(upload, 'response') as Promise<[IncomingMessage]>;
    upload.on('error', () => undefined);
    upload.write(first);
    await pause(200);
    app.clock.advance({ seconds: passingSeconds });
    // The server looks once a second.
    await Promise.race([responded, pause(1300)]);
    upload.end(second);
    const [response] = await responded;
    return {
      status: response.statusCode,
      body: JSON.parse(await text(response)) as Record<string, unknown>,
    };
  }

  it('lets an upload of its route take more than 15 seconds', async () => {
    const { status, body } = await upload('/api/files/slow', 29, FORM);
    expect([status, body]).toEqual([201, { name: 'a.txt', bytes: 13 }]);
  });

  it('ends an upload of its route after the time that it says', async () => {
    const { status, body } = await upload('/api/files/slow', 31, FORM);
    expect([status, body.code]).toEqual([408, 'request_timeout']);
  });

  it.each([
    ['another route', '/api/files/usual', 14, 201],
    ['another route', '/api/files/usual', 16, 408],
    ['a route of ours', '/api/auth/login', 16, 408],
    ['a route that is stricter', '/api/files/quick', 4, 201],
    ['a route that is stricter', '/api/files/quick', 6, 408],
    ['no route', '/api/nowhere', 16, 408],
  ])('leaves %s as it is: %s after %d seconds is %d', async (_, path, seconds, expected) => {
    const { status } = await upload(path, seconds);
    expect(status).toBe(expected);
    await pause(100);
    expect(handled).toHaveLength(expected === 201 ? 1 : 0);
  });

  it('lets a body be larger, or only smaller', async () => {
    const send = (path: string, characters: number) =>
      call<{ characters: number }>('POST', `${app.url}/api/files/${path}`, {
        body: { text: 'x'.repeat(characters) },
      });
    expect((await send('large', 500_000)).body).toEqual({ characters: 500_000 });
    expect((await send('large', 1_000_000)).body.code).toBe('payload_too_large');
    expect((await send('usual', 200_000)).body.code).toBe('payload_too_large');
    expect((await send('small', 2000)).body.code).toBe('payload_too_large');
    expect((await send('small', 10)).status).toBe(201);
  });

  it('has Node wait as long as the slowest route, and as before without any', async () => {
    expect(app.nest.getHttpServer().requestTimeout).toBe(40_000);
    const without = await startApp({ beside: app });
    expect(without.nest.getHttpServer().requestTimeout).toBe(15_000);
    await without.close();
  });

  it('answers requests that have arrived as usual', async () => {
    const api = new Api(app.url);
    const { access_token: token } = await api.register();
    app.clock.advance({ seconds: 60 });
    await pause(1300);
    expect((await api.me(token)).status).toBe(200);
    expect((await call('GET', `${app.url}/api/files/config`)).body).toEqual({ seconds: 30 });
  });
});
