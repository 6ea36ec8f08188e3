import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { isCluster, keepPassword, makeCluster, passwordFileIn, superuser } from './cluster.js';
import { connectAsOwner, isWrongPassword, type OwnerConnection } from './connection.js';
import { chooseLocation, openDataFolder, type Location } from './location.js';
import {
  findPostmaster,
  isRunning,
  launchPostmaster,
  shutDownPostmaster,
  type Postmaster,
} from './postmaster.js';
import { openServerLog, type ServerLog } from './server-log.js';
import { withLock } from './start-lock.js';

/** A running PostgreSQL, of which the caller is one owner, perhaps among others. */
export interface EmbeddedPostgres {
  /**
   * `postgres://…@127.0.0.1:port/evergreen`, the role being a superuser. The port differs from
   * start to start.
   */
  readonly url: string;
  /**
   * Gives the server up, and stops it unless somebody else is connected: another owner, a forgotten
   * pool, a psql. Close your own connections first. Resolves when the server is gone or left to the
   * others; calling it again does nothing.
   */
  stop(): Promise<void>;
}

interface EmbeddedPostgresOptions {
  /**
   * Where the data is kept, such as `<cwd>/.data`; made where it is missing, never loosened where
   * it exists. The cluster lies in its `postgres/`, or, for root, where that is out of reach of an
   * unprivileged user, in a folder below `/var/tmp` that its `postgres-location` names. Also here:
   * `postgres-password` and `postgres.log`.
   */
  readonly dataFolder: string;
  /** Gets a sentence for each thing that happens. */
  readonly log?: (line: string) => void;
}

interface Server {
  readonly postmaster: Postmaster;
  /** Our connection as an owner. */
  readonly owner: OwnerConnection;
  /** The process, if it is we who started it. */
  readonly child?: ChildProcess;
}

const databaseName = 'evergreen';
/**
 * Backends of a server that was killed hold its memory for some seconds; a port may be taken
 * between look and start.
 */
const launchWithinMilliseconds = 15_000;
const launchAgainAfterMilliseconds = 250;
/** After a crash the server first replays its log. */
const readyWithinMilliseconds = 60_000;
const pollMilliseconds = 10;

/**
 * Starts the PostgreSQL of a data folder, or joins the one that runs there already: started by
 * another process, or left behind by one that was killed. On an empty folder it makes a cluster
 * first, with a random password and the empty database `evergreen`.
 *
 * Rejects, with the last words of PostgreSQL, where it cannot be made to run.
 *
 * ```ts
 * const postgres = await startEmbeddedPostgres({ dataFolder: join(process.cwd(), '.data'), log: console.log });
 * const pool = new Pool({ connectionString: postgres.url });
 * // …
 * await pool.end();
 * await postgres.stop();
 * ```
 */
export async function startEmbeddedPostgres({
  dataFolder,
  log = () => undefined,
}: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await openDataFolder(dataFolder);
  return withLock(lockFileIn(folder), async () => {
    const location = await chooseLocation(folder, await findBinaries());
    const password = await keepPassword(folder);
    if (!(await isCluster(location.clusterFolder))) {
      log(`Making a PostgreSQL cluster in ${location.clusterFolder}.`);
      await makeCluster(location, password);
    }
    const server = await joinOrLaunch(location, password, folder);
    log(
      `PostgreSQL ${server.child ? 'started' : 'was running'} on port ${server.postmaster.port}, its data in ${location.clusterFolder}.`,
    );
    return ownedServer(server, { location, password, folder, log });
  });
}

function lockFileIn(folder: string): string {
  return join(folder, 'postgres.lock');
}

async function joinOrLaunch(location: Location, password: string, folder: string): Promise<Server> {
  const serverLog = await openServerLog(folder);
  const launchUntil = Date.now() + launchWithinMilliseconds;
  let child: ChildProcess | undefined;
  try {
    for (;;) {
      const server = await joinRunning(location, password, folder);
      if (server) {
        await server.owner.ensureDatabase(databaseName);
        return { ...server, child: server.postmaster.pid === child?.pid ? child : undefined };
      }
      if (child) await pauseBeforeNextLaunch(launchUntil, serverLog);
      child = await launchPostmaster(location, serverLog);
    }
  } catch (error) {
    if (child && isRunning(child)) child.kill('SIGQUIT');
    throw error;
  }
}

/** Waits for a server that is starting or stopping; `undefined` where none runs. */
async function joinRunning(
  { clusterFolder }: Location,
  password: string,
  folder: string,
): Promise<Server | undefined> {
  const until = Date.now() + readyWithinMilliseconds;
  for (;;) {
    const postmaster = await findPostmaster(clusterFolder);
    if (!postmaster) return undefined;
    const owner =
      postmaster.isReady && (await tryToConnect(postmaster, password, { clusterFolder, folder }));
    if (owner) return { postmaster, owner };
    if (Date.now() > until)
      throw new Error(
        `PostgreSQL (process ${postmaster.pid}) runs in ${clusterFolder}, but takes no connection.`,
      );
    await sleep(pollMilliseconds);
  }
}

async function tryToConnect(
  { port }: Postmaster,
  password: string,
  { clusterFolder, folder }: { clusterFolder: string; folder: string },
): Promise<OwnerConnection | undefined> {
  try {
    return await connectAsOwner(port, password);
  } catch (cause) {
    if (!isWrongPassword(cause)) return undefined;
    const advice = `Put the right one back, or delete that file and ${clusterFolder} to begin with an empty database.`;
    throw new Error(
      `PostgreSQL does not take the password in ${passwordFileIn(folder)}. ${advice}`,
      { cause },
    );
  }
}

async function pauseBeforeNextLaunch(launchUntil: number, serverLog: ServerLog): Promise<void> {
  const lastWords = await serverLog.tail();
  // An upgrade to another major version: no waiting mends that.
  const isHopeless = lastWords.includes('incompatible with server');
  if (isHopeless || Date.now() > launchUntil)
    throw new Error(`The embedded PostgreSQL does not start. Its last words:\n${lastWords}`);
  await sleep(launchAgainAfterMilliseconds);
}

interface Ownership {
  readonly location: Location;
  readonly password: string;
  readonly folder: string;
  readonly log: (line: string) => void;
}

function ownedServer(
  { postmaster, owner, child }: Server,
  { location, password, folder, log }: Ownership,
): EmbeddedPostgres {
  const onExit = (): void => {
    if (child && isRunning(child)) child.kill('SIGINT');
  };
  process.once('exit', onExit);

  const stop = async (): Promise<void> => {
    process.off('exit', onExit);
    // Under the lock nobody joins between the question whether somebody is there and the end.
    await withLock(lockFileIn(folder), async () => {
      if (await isLastOwner(owner, postmaster, password, location.clusterFolder)) {
        await shutDownPostmaster(postmaster.pid, location.clusterFolder);
        log('PostgreSQL stopped.');
      } else {
        log('PostgreSQL goes on: others are connected to it.');
      }
    });
  };
  let stopping: Promise<void> | undefined;
  return {
    url: `postgres://${superuser}:${password}@127.0.0.1:${postmaster.port}/${databaseName}`,
    stop: () => (stopping ??= stop()),
  };
}

async function isLastOwner(
  owner: OwnerConnection,
  postmaster: Postmaster,
  password: string,
  clusterFolder: string,
): Promise<boolean> {
  try {
    return await owner.isAlone();
  } catch {
    // Connections are lost when the server crashes, which it may have survived.
    return await isLeftAlone(postmaster, password, clusterFolder);
  } finally {
    await owner.end();
  }
}

/** Asks over a new connection. A server that cannot be asked serves nobody. */
async function isLeftAlone(
  postmaster: Postmaster,
  password: string,
  clusterFolder: string,
): Promise<boolean> {
  const running = await findPostmaster(clusterFolder);
  if (running?.pid !== postmaster.pid) return true;
  const owner = await connectAsOwner(running.port, password).catch(() => undefined);
  if (!owner) return true;
  try {
    return await owner.isAlone();
  } finally {
    await owner.end();
  }
}
