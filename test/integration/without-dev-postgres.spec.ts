import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Api } from '../support/api.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { serverEnvironment, startServer } from '../support/server-process.js';

/** As in an image of production: the build and its packages, and none of this repository's own. */
describe('a start where the PostgreSQL of development is not installed', () => {
  let folder: string;
  let main: string;
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createDatabase();
    folder = mkdtempSync(join(tmpdir(), 'evergreen-without-'));
    main = join(folder, 'dist/main.js');
    for (const copied of ['dist', 'package.json', '.env.development', '.env.production'])
      cpSync(copied, join(folder, copied), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    for (const name of readdirSync('node_modules').filter((name) => name !== '@evergreen-auth'))
      symlinkSync(resolve('node_modules', name), join(folder, 'node_modules', name));
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await database.drop();
  });

  it('serves in production, which has a database of its own', async () => {
    const server = await startServer(serverEnvironment(database.url), folder, main);
    expect((await new Api(server.url).register()).access_token).toBeDefined();
    expect(await server.stop()).toBe(0);
  });

  it('names DATABASE_URL in development, where it would be brought along', async () => {
    await expect(startServer({}, folder, main)).rejects.toThrow(/configuration.*\n *DATABASE_URL:/);
  });
});
