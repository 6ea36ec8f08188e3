import { inspect } from 'node:util';
import { Controller, Get, Module } from '@nestjs/common';
import { getDataSourceToken, InjectDataSource, TypeOrmModule } from '@nestjs/typeorm';
import { instanceToPlain } from 'class-transformer';
import type { DataSource, ObjectLiteral } from 'typeorm';
import { Public, Session, User } from '../../src/index.js';
import { Api } from '../support/api.js';
import { startApp, type TestApp } from '../support/app.js';

/** A careless team that responds with the entity itself. */
@Public()
@Controller('api/people')
class PeopleController {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  @Get()
  users() {
    return this.database.getRepository(User).find();
  }

  @Get('copied')
  async copies() {
    return (await this.users()).map((user) => ({ ...user }));
  }

  @Get('sessions')
  sessions() {
    return this.database.getRepository(Session).find({ relations: { user: true } });
  }
}

@Module({ imports: [TypeOrmModule.forFeature([User, Session])], controllers: [PeopleController] })
class PeopleModule {}

const BCRYPT_HASH = /\$2[aby]\$/;

const SERIALISATIONS: [string, (entity: ObjectLiteral) => string][] = [
  ['JSON', (entity) => JSON.stringify(entity)],
  ['a copy', (entity) => JSON.stringify({ ...entity })],
  ['an assignment', (entity) => JSON.stringify(Object.assign({}, entity))],
  ['a structured clone', (entity) => JSON.stringify(structuredClone(entity))],
  ['class-transformer', (entity) => JSON.stringify(instanceToPlain(entity))],
  ['console.log', (entity) => inspect(entity, { depth: null })],
];

describe("a team's own controller that answers with entities", () => {
  let app: TestApp;
  let signedIn: Awaited<ReturnType<Api['register']>>;

  beforeAll(async () => {
    app = await startApp({ modules: [PeopleModule] });
    signedIn = await new Api(app.url).register({ first_name: 'Ada' });
    await new Api(app.url).logout((await new Api(app.url).register()).access_token);
  });
  afterAll(() => app.close());

  const database = () => app.nest.get<DataSource>(getDataSourceToken());

  it.each(['', '/copied', '/sessions'])('tells no hash: GET /api/people%s', async (path) => {
    const { text } = await new Api(app.url).call('GET', `/people${path}`);
    expect(text).toContain(signedIn.email);
    expect(text).not.toMatch(BCRYPT_HASH);
    expect(text).not.toMatch(/password/i);
  });

  describe.each(SERIALISATIONS)('%s', (_name, serialised) => {
    it.each(['users', 'sessions', 'revocations', 'security_events'])(
      'of all rows of %s holds no secret, and does hold the rest',
      async (table) => {
        const entity = database().entityMetadatas.find(({ tableName }) => tableName === table);
        const rows = await database()
          .getRepository(entity?.target ?? table)
          .find();
        expect(rows.length).toBeGreaterThan(0);
        for (const row of rows) {
          const text = serialised(row);
          expect(text).toContain(entity?.primaryColumns.at(-1)?.getEntityValue(row));
          for (const secret of [BCRYPT_HASH, /passwordHash/, /eyJ/])
            expect(text).not.toMatch(secret);
        }
      },
    );
  });

  it('still reads, changes and finds the hash by its name', async () => {
    const users = database().getRepository(User);
    const user = await users.findOneByOrFail({ id: signedIn.user.id });
    const passwordHash = user.passwordHash!;
    expect(passwordHash).toMatch(BCRYPT_HASH);
    expect(await users.countBy({ passwordHash })).toBe(1);

    user.passwordHash = 'changed';
    await users.save(user);
    expect(await users.countBy({ passwordHash })).toBe(0);
    await users.save(users.merge(user, { passwordHash }));
    expect((await new Api(app.url).login(signedIn.email)).status).toBe(200);
  });
});
