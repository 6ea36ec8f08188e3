import { existsSync } from 'node:fs';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, type QueryResultRow } from 'pg';
import { findBinaries } from './binaries.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './index.js';
import { chooseLocation } from './location.js';
import { findPostmaster } from './postmaster.js';
import { isAlive, readCommandLine } from './processes.js';
import { canEnter, canRun, nobody } from './server-user.js';

jest.setTimeout(60_000);

const isRoot = process.getuid?.() === 0;
const itAsRoot = isRoot ? it : it.skip;

describe('startEmbeddedPostgres', () => {
  let parent: string;
  let dataFolder: string;
  let preparedFolder: string;
  const cleanUps: (() => Promise<unknown>)[] = [];

  // Making a cluster takes a second, copying one no less: tests that leave it as it was share this
  // one.
  beforeAll(async () => {
    const preparedParent = await mkdtemp(join(tmpdir(), 'evergreen-spec-'));
    await chmod(preparedParent, 0o755);
    preparedFolder = join(preparedParent, '.data');
    await (await startEmbeddedPostgres({ dataFolder: preparedFolder })).stop();
  });

  afterAll(() => rm(dirname(preparedFolder), { recursive: true, force: true }));

  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'evergreen-spec-'));
    await chmod(parent, 0o755);
    dataFolder = join(parent, '.data');
    cleanUps.push(() => rm(parent, { recursive: true, force: true }));
  });

  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  });

  describe('on an empty folder', () => {
    it('makes a database in UTF-8 that knows all letters, reached with a password on 127.0.0.1 alone', async () => {
      const postgres = await start();

      expect(postgres.url).toMatch(
        /^postgres:\/\/evergreen:[\w-]{43}@127\.0\.0\.1:\d+\/evergreen$/,
      );
      const [settings] = await query(
        postgres.url,
        `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets,
                current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync, lower('ÄΩ') AS lower`,
      );
      expect(settings).toEqual({
        addresses: '127.0.0.1',
        sockets: '',
        encoding: 'UTF8',
        fsync: 'on',
        lower: 'äω',
      });
      await expect(
        query(postgres.url.replace(/:[\w-]{43}@/, ':wrong@'), 'SELECT 1'),
      ).rejects.toMatchObject({ code: '28P01' });
    });

    it('serves two processes that start at the same moment from one cluster', async () => {
      const [first, second] = await Promise.all([start(), startInChild(), start()]);

      expect(second.url).toBe(first.url);
    });

    it('gets over an initdb that was interrupted, and sets aside what it finds in place of a cluster', async () => {
      await mkdir(join(dataFolder, 'postgres.new-AbCdEf', 'cluster', 'base'), { recursive: true });
      await mkdir(join(dataFolder, 'postgres', 'base'), { recursive: true });
      await chmod(dataFolder, 0o711);

      const postgres = await start();

      await expect(query(postgres.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      const names = await readdir(dataFolder);
      expect(names.filter((name) => name.startsWith('postgres.new-'))).toEqual([]);
      expect(names.filter((name) => name.startsWith('postgres.damaged-'))).toHaveLength(1);
    });
  });

  describe('on a folder with data', () => {
    beforeEach(usePreparedFolder);

    it('lets nobody else read the data or the password', async () => {
      expect(await modeOf(join(dataFolder, 'postgres'))).toBe(0o700);
      expect(await modeOf(join(dataFolder, 'postgres-password'))).toBe(0o600);
      expect(await modeOf(dataFolder)).toBe(isRoot ? 0o711 : 0o700);
    });

    it('finds the data again, and leaves no process behind when it stops', async () => {
      const first = await start();
      await remember(first.url, 'kept');
      const { pid } = await postmaster();
      await first.stop();
      expect(await readCommandLine(pid)).toBe('');

      const second = await start();

      expect(await remembered(second.url)).toEqual(['kept']);
    });

    it('adopts the server that a killed process left behind', async () => {
      const child = await startInChild();
      await remember(child.url, 'kept');
      await kill(child.process);

      const postgres = await start();

      expect(postgres.url).toBe(child.url);
      expect(await remembered(postgres.url)).toEqual(['kept']);
      await stopAndExpectGone(postgres);
    });

    it('recovers when the server was killed as well', async () => {
      const child = await startInChild();
      await remember(child.url, 'kept');
      const idle = await connect(child.url);
      idle.on('error', () => undefined);
      const { pid } = await postmaster();
      process.kill(pid, 'SIGKILL');
      await kill(child.process);

      const postgres = await start();

      expect(await remembered(postgres.url)).toEqual(['kept']);
      expect((await postmaster()).pid).not.toBe(pid);
    });

    it('is not misled by a postmaster.pid whose number belongs to another process now', async () => {
      const first = await start();
      await remember(first.url, 'kept');
      const pidFile = join(dataFolder, 'postgres', 'postmaster.pid');
      const text = await readFile(pidFile, 'utf8');
      await first.stop();
      const stranger = await spawnAsOwnerOf(join(dataFolder, 'postgres'));
      await writeFile(pidFile, text.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
      await giveToOwnerOf(join(dataFolder, 'postgres'), pidFile);

      const second = await start();

      expect(await remembered(second.url)).toEqual(['kept']);
      await second.stop();
      expect(isAlive(stranger.pid ?? 0)).toBe(true);
    });

    it('takes over a lock whose holder is dead', async () => {
      const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
      await once(dead, 'exit');
      await writeFile(join(dataFolder, 'postgres.lock'), String(dead.pid));

      await expect(start()).resolves.toBeDefined();
    });

    it('says what PostgreSQL said when it refuses to start', async () => {
      await (await start()).stop();
      await replaceForNow(join(dataFolder, 'postgres', 'PG_VERSION'), '14\n');

      await expect(start()).rejects.toThrow(
        /last words:[^]*incompatible with server[^]*version 14/,
      );
    });

    it('says what to do when the password was lost', async () => {
      await (await start()).stop();
      await replaceForNow(join(dataFolder, 'postgres-password'), 'another\n');

      await expect(start()).rejects.toThrow(/does not take the password in .*postgres-password/);
      await goneWithin(5_000);
    });
  });

  describe('stop', () => {
    beforeEach(usePreparedFolder);

    it('leaves the server to another owner; the last one out stops it', async () => {
      const child = await startInChild();
      const second = await start();
      expect(second.url).toBe(child.url);

      child.process.stdin?.write('stop\n');
      await once(child.process, 'exit');

      await expect(query(second.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
      await stopAndExpectGone(second);
    });

    it('leaves the server to a client that is still connected', async () => {
      const first = await start();
      const psql = await connect(first.url);

      await first.stop();

      expect((await psql.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await psql.end();
      await stopAndExpectGone(await start());
    });

    it('does nothing the second time, and nothing where PostgreSQL is gone already', async () => {
      const postgres = await start();
      process.kill((await postmaster()).pid, 'SIGKILL');
      await goneWithin(5_000);

      await expect(Promise.all([postgres.stop(), postgres.stop()])).resolves.toBeDefined();
      await expect(postgres.stop()).resolves.toBeUndefined();
    });

    it('stops the server of a data folder that was deleted', async () => {
      dataFolder = join(parent, '.data');
      const postgres = await start();
      const { pid } = await postmaster();
      await rm(dataFolder, { recursive: true });

      await postgres.stop();

      expect(await readCommandLine(pid)).toBe('');
    });
  });

  describe('the process that started it', () => {
    beforeEach(usePreparedFolder);

    it('takes the server along when it exits without stopping it', async () => {
      const child = await startInChild();

      child.process.stdin?.write('exit\n');
      await once(child.process, 'exit');

      await goneWithin(5_000);
    });

    it('may end without stopping it: nothing keeps Node alive', async () => {
      const child = await startInChild();

      child.process.stdin?.end();
      const [code] = (await once(child.process, 'exit')) as [number];

      expect(code).toBe(0);
      await goneWithin(5_000);
    });

    it('keeps it out of its process group, so that Ctrl-C does not reach it', async () => {
      await start();

      expect(isAlive(-(await postmaster()).pid)).toBe(true);
    });
  });

  describe('as root', () => {
    itAsRoot('runs as nobody, and loosens no folder that exists for that (root only)', async () => {
      await mkdir(dataFolder, { mode: 0o700 });
      cleanUps.push(removePrivateFolder);

      const { clusterFolder: chosen, user } = await chooseLocation(
        dataFolder,
        await findBinaries(),
      );

      expect(user).toEqual(await nobody());
      expect(dirname(chosen)).toBe(await namedFolder());
      expect(await modeOf(dataFolder)).toBe(0o700);
    });

    itAsRoot(
      'keeps the data elsewhere below a folder that only root may enter, and finds it again (root only)',
      async () => {
        await chmod(parent, 0o700);
        const first = await start();
        await remember(first.url, 'kept');
        const privateFolder = await namedFolder();
        await first.stop();

        const second = await start();

        expect(await namedFolder()).toBe(privateFolder);
        expect(privateFolder).toMatch(/^\/var\/tmp\/evergreen-\w{6}$/);
        expect(await remembered(second.url)).toEqual(['kept']);
        expect(await lstat(privateFolder)).toMatchObject({ uid: 0 });
        expect(await lstat(join(privateFolder, 'postgres'))).toMatchObject(await nobody());
        expect(await modeOf(privateFolder)).toBe(0o711);
        expect(await modeOf(join(privateFolder, 'postgres'))).toBe(0o700);
      },
    );

    itAsRoot(
      'makes a new place where the file that names it is damaged or names what is not ours (root only)',
      async () => {
        await chmod(parent, 0o700);
        await mkdir(dataFolder);
        const planted = `/var/tmp/evergreen-spec-${process.pid}`;
        await symlink(parent, planted);
        cleanUps.push(() => rm(planted));

        for (const text of ['', 'nonsense\0', '/etc', planted, '/var/tmp/evergreen-../../etc']) {
          await writeFile(join(dataFolder, 'postgres-location'), text);
          const { clusterFolder: chosen } = await chooseLocation(dataFolder, await findBinaries());
          expect(dirname(chosen)).toMatch(/^\/var\/tmp\/evergreen-\w{6}$/);
          await rm(await namedFolder(), { recursive: true });
        }
      },
    );

    itAsRoot(
      'copies the binaries once to where nobody can run them, whatever the umask they were installed under (root only)',
      async () => {
        await mkdir(dataFolder, { mode: 0o711 });
        const closed = join(parent, 'closed');
        const { folder, version } = await findBinaries();
        await mkdir(closed, { mode: 0o700 });
        await cp(folder, join(closed, 'native'), { recursive: true, verbatimSymlinks: true });
        for (const name of ['bin/postgres', 'lib/libpq.so.5', 'share'])
          await chmod(join(closed, 'native', name), 0o700);

        const first = await chooseLocation(dataFolder, { folder: join(closed, 'native'), version });
        cleanUps.push(() => namedFolder().then((named) => rm(named, { recursive: true })));
        const { ino } = await stat(first.binariesFolder);
        const second = await chooseLocation(dataFolder, {
          folder: join(closed, 'native'),
          version,
        });

        expect(second).toEqual(first);
        expect((await stat(second.binariesFolder)).ino).toBe(ino);
        expect(first.clusterFolder).toBe(join(dataFolder, 'postgres'));
        expect(dirname(first.binariesFolder)).toBe(await namedFolder());
        expect(await canRun(await nobody(), first.binariesFolder)).toBe(true);
        expect(await canEnter(await nobody(), join(first.binariesFolder, 'share'))).toBe(true);
      },
    );
  });

  function usePreparedFolder(): void {
    dataFolder = preparedFolder;
  }

  async function start(): Promise<EmbeddedPostgres> {
    const postgres = await startEmbeddedPostgres({ dataFolder });
    cleanUps.push(async () => {
      await postgres.stop();
      await removePrivateFolder();
    });
    return postgres;
  }

  async function startInChild(): Promise<{ process: ChildProcess; url: string }> {
    const script = `
      import { startEmbeddedPostgres } from ${JSON.stringify(pathToFileURL(join(__dirname, 'index.ts')).href)};
      import { createInterface } from 'node:readline';
      const postgres = await startEmbeddedPostgres({ dataFolder: ${JSON.stringify(dataFolder)} });
      console.log(postgres.url);
      const commands = { stop: () => postgres.stop().then(() => process.exit(0)), exit: () => process.exit(0) };
      createInterface(process.stdin).on('line', (line) => commands[line]());
    `;
    const child = spawn(
      process.execPath,
      ['--import', '@swc-node/register/esm-register', '--input-type=module', '--eval', script],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
      },
    );
    cleanUps.push(async () => {
      await kill(child);
      if (await findPostmaster(await clusterFolder()))
        await (await startEmbeddedPostgres({ dataFolder })).stop();
    });
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    return { process: child, url };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async function connect(url: string): Promise<Client> {
    const client = new Client({ connectionString: url });
    await client.connect();
    return client;
  }

  async function query(
    url: string,
    sql: string,
    values: unknown[] = [],
  ): Promise<QueryResultRow[]> {
    const client = await connect(url);
    try {
      return (await client.query<QueryResultRow>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  async function remember(url: string, word: string): Promise<void> {
    await query(url, 'DROP TABLE IF EXISTS words; CREATE TABLE words (word text)');
    await query(url, 'INSERT INTO words VALUES ($1)', [word]);
  }

  async function remembered(url: string): Promise<unknown[]> {
    return (await query(url, 'SELECT word FROM words')).map(({ word }) => word as unknown);
  }

  async function replaceForNow(file: string, text: string): Promise<void> {
    const original = await readFile(file);
    await writeFile(file, text);
    cleanUps.push(() => writeFile(file, original));
  }

  async function postmaster(): Promise<{ pid: number }> {
    const found = await findPostmaster(await clusterFolder());
    if (!found) throw new Error('No postmaster is running.');
    return found;
  }

  async function stopAndExpectGone(postgres: EmbeddedPostgres): Promise<void> {
    const { pid } = await postmaster();
    await postgres.stop();
    expect(await readCommandLine(pid)).toBe('');
  }

  async function goneWithin(milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    while (await findPostmaster(await clusterFolder())) {
      if (Date.now() > until) throw new Error('PostgreSQL is still running.');
      await sleep(20);
    }
  }

  async function clusterFolder(): Promise<string> {
    // The folder that is named may hold the binaries alone.
    const elsewhere = await namedFolder().then(
      (named) => join(named, 'postgres'),
      () => '',
    );
    return elsewhere && existsSync(elsewhere) ? elsewhere : join(dataFolder, 'postgres');
  }

  async function namedFolder(): Promise<string> {
    return (await readFile(join(dataFolder, 'postgres-location'), 'utf8')).trim();
  }

  async function removePrivateFolder(): Promise<void> {
    const folder = await namedFolder().catch(() => undefined);
    if (folder && !(await findPostmaster(join(folder, 'postgres'))))
      await rm(folder, { recursive: true, force: true });
  }

  async function modeOf(path: string): Promise<number> {
    return (await stat(path)).mode & 0o777;
  }

  async function spawnAsOwnerOf(folder: string): Promise<ChildProcess> {
    const { uid, gid } = await stat(folder);
    const child = spawn('/bin/sleep', ['60'], {
      ...(isRoot ? { uid, gid } : {}),
      cwd: '/',
      stdio: 'ignore',
    });
    await once(child, 'spawn');
    cleanUps.push(() => kill(child));
    return child;
  }

  async function giveToOwnerOf(folder: string, file: string): Promise<void> {
    const { uid, gid } = await stat(folder);
    await chown(file, uid, gid);
  }
});
