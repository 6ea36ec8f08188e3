import { Controller, Get, Module } from '@nestjs/common';
import { CurrentUser } from '../../src/index.js';
import { startTestApp, startTestDatabase, type TestApp } from '../../src/testing/index.js';

@Controller('api/notes')
class NotesController {
  @Get()
  mine(@CurrentUser() user: { id: string }) {
    return { owner: user.id };
  }
}

@Module({ controllers: [NotesController] })
class NotesModule {}

describe('startTestApp', () => {
  let app: TestApp | undefined;

  afterEach(() => app?.close());

  const notes = async (token: string) =>
    fetch(`${app?.url}/api/notes`, { headers: { authorization: `Bearer ${token}` } });

  it('starts an application on a PostgreSQL of its own, with a clock that can be moved', async () => {
    app = await startTestApp({ modules: [NotesModule] });
    const { user, accessToken } = await app.signUp();
    expect(await (await notes(accessToken)).json()).toEqual({ owner: user.id });
    app.clock.advance({ hours: 9 });
    expect(await (await notes(accessToken)).json()).toMatchObject({ code: 'token_expired' });
  });

  it('takes options, and a database that is there', async () => {
    const database = await startTestDatabase({ DATABASE_URL: process.env.TEST_POSTGRES_URL });
    app = await startTestApp({
      modules: [NotesModule],
      database,
      options: { sessions: { maxPerUser: 1 } },
    });
    const email = `a-${Date.now()}@example.com`;
    await app.signUp({ email });
    await expect(app.signUp({ email })).rejects.toThrow('email_taken');
  });
});
