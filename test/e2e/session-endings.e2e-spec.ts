import { Controller, Module, Sse, type MessageEvent } from '@nestjs/common';
import { concat, interval, map, merge, NEVER, of, takeUntil, type Observable } from 'rxjs';
import { AuthService } from '../../src/auth/index.js';
import { CurrentSession } from '../../src/platform/caller/index.js';
import { SessionEndings, SessionsModule } from '../../src/sessions/index.js';
import { Api, refreshTokenOf } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';
import { eventually } from '../support/eventually.js';

/**
 * A gateway as a team would write it: a stream that ends with its session, wherever that is ended.
 */
@Controller('ticks')
class TicksController {
  constructor(private readonly endings: SessionEndings) {}

  @Sse()
  ticks(@CurrentSession() session: { id: string }): Observable<MessageEvent> {
    const ticks = merge(of(0), interval(1000), NEVER).pipe(map((tick) => ({ data: { tick } })));
    return concat(
      ticks.pipe(takeUntil(this.endings.of(session.id))),
      of({ type: 'ended', data: {} }),
    );
  }
}

@Module({ imports: [SessionsModule], controllers: [TicksController] })
class TicksModule {}

describe('an open stream of a session', () => {
  let apps: TestApp[];

  beforeAll(async () => {
    const first = await startApp({ modules: [TicksModule] });
    apps = [first, await startApp({ beside: first, modules: [TicksModule] })];
  });
  afterAll(async () => {
    for (const app of apps.reverse()) await app.close();
  });

  const urlOf = (index: number) => (apps[index] as TestApp).url;

  async function open(url: string, token: string) {
    const response = await fetch(`${url}/ticks`, { headers: { authorization: `Bearer ${token}` } });
    const stream = { text: '', isOver: false };
    void (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
        stream.text += Buffer.from(chunk).toString();
      stream.isOver = true;
    })();
    await eventually(() => stream.text.includes('tick'));
    return stream;
  }

  it.each([0, 1])(
    'ends at once when its session ends on instance %d, and the streams of other sessions go on',
    async (instance) => {
      const api = new Api(urlOf(0));
      const { email, access_token } = await api.register();
      const other = (await api.login(email)).body;
      const [mine, others] = [
        await open(urlOf(0), access_token),
        await open(urlOf(0), other.access_token),
      ];

      await api.at(urlOf(instance)).logout(access_token);
      await eventually(() => mine.isOver, { withinMs: 5000 });
      expect(mine.text).toContain('event: ended');
      expect(others.isOver).toBe(false);

      await api.at(urlOf(instance)).call('POST', '/auth/logout-all', { token: other.access_token });
      await eventually(() => others.isOver, { withinMs: 5000 });
    },
  );

  it('ends when its user is deactivated, who then cannot sign in', async () => {
    const api = new Api(urlOf(0));
    const signedIn = await api.register();
    const stream = await open(urlOf(0), signedIn.access_token);
    expect(
      await (apps[1] as TestApp).nest
        .get(AuthService, { strict: false })
        .deactivate(signedIn.user.id),
    ).toHaveLength(1);
    await eventually(() => stream.isOver, { withinMs: 5000 });
    expect((await api.login(signedIn.email)).body.code).toBe('invalid_credentials');
    expect((await api.refresh(refreshTokenOf(signedIn))).body.code).toBe('session_revoked');
  });
});
