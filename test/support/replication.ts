import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { findBinaries } from '../../packages/dev-postgres/src/binaries.js';
import { startEmbeddedPostgres } from '@evergreen-auth/dev-postgres';
import {
  chooseLocation,
  openDataFolder,
  type Location,
} from '../../packages/dev-postgres/src/location.js';
import {
  findPostmaster,
  launchPostmaster,
  shutDownPostmaster,
} from '../../packages/dev-postgres/src/postmaster.js';
import { openServerLog } from '../../packages/dev-postgres/src/server-log.js';
import { eventually } from './eventually.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

const STARTED = { withinMs: 60_000 };

/**
 * Two PostgreSQL servers with synchronous replication: a commit returns when it is on both disks.
 */
export interface Replication {
  readonly primary: ReplicatedServer;
  readonly standby: ReplicatedServer;
  /** A URL with both servers, the first one first. */
  readonly url: string;
  close(): Promise<void>;
}

/** Both servers running, the second one a synchronous standby of the first. */
export async function startReplication(): Promise<Replication> {
  const folder = mkdtempSync(join(tmpdir(), 'evergreen-replication-'));
  // Started by root, PostgreSQL runs as another user, who must be able to enter this folder.
  chmodSync(folder, 0o711);
  const made = await startEmbeddedPostgres({ dataFolder: join(folder, 'one') });
  await made.stop();
  const primary = await ReplicatedServer.in(join(folder, 'one'), made.url);
  const standby = await ReplicatedServer.in(join(folder, 'two'), made.url);
  standby.follow(primary);
  await primary.start();
  await standby.start();
  await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '*'`);
  await primary.query('SELECT pg_reload_conf()');
  await eventually(
    async () =>
      (await primary.query(`SELECT FROM pg_stat_replication WHERE sync_state = 'sync'`)) === 1,
    STARTED,
  );
  return {
    primary,
    standby,
    url: made.url.replace(
      /@[^/]+/,
      `@127.0.0.1:${primary.proxy.port},127.0.0.1:${standby.proxy.port}`,
    ),
    close: async () => {
      await Promise.all([primary.remove(), standby.remove()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A server with an address that stays the same, whatever happens to the server. */
export class ReplicatedServer {
  private constructor(
    private readonly dataFolder: string,
    private readonly location: Location,
    private readonly credentials: URL,
    readonly proxy: TcpProxy,
  ) {}

  static async in(dataFolder: string, url: string): Promise<ReplicatedServer> {
    const folder = await openDataFolder(dataFolder);
    return new ReplicatedServer(
      folder,
      await chooseLocation(folder, await findBinaries()),
      new URL(url),
      await startTcpProxy(0),
    );
  }

  /** A URL with only this server. */
  get url(): string {
    return Object.assign(new URL(this.credentials), { port: this.proxy.port }).href;
  }

  /** At its next start, it becomes a replica of the other server, which must not be running. */
  follow(primary: ReplicatedServer): void {
    const { clusterFolder } = this.location;
    execFileSync('cp', ['-a', primary.location.clusterFolder, clusterFolder]);
    const { username, password } = this.credentials;
    const connection = `host=127.0.0.1 port=${primary.proxy.port} user=${username} password=${password}`;
    appendFileSync(
      join(clusterFolder, 'postgresql.auto.conf'),
      `primary_conninfo = '${connection}'\n`,
    );
    writeFileSync(join(clusterFolder, 'standby.signal'), '');
  }

  /**
   * Starts it, also after it was killed, when the shared memory of its processes may still be in
   * use for a moment.
   */
  async start(): Promise<void> {
    await eventually(async () => {
      await launchPostmaster(this.location, await openServerLog(this.dataFolder));
      return (await findPostmaster(this.location.clusterFolder)) !== undefined;
    }, STARTED);
    this.proxy.target = (await findPostmaster(this.location.clusterFolder))?.port ?? 0;
    const isUp = () =>
      this.query('SELECT 1').then(
        () => true,
        () => false,
      );
    await eventually(isUp, STARTED);
  }

  /** Stops it like a power failure. */
  async kill(): Promise<void> {
    const { clusterFolder } = this.location;
    const postmaster = await findPostmaster(clusterFolder);
    if (postmaster) process.kill(postmaster.pid, 'SIGKILL');
    await eventually(async () => (await findPostmaster(clusterFolder)) === undefined);
  }

  async promote(): Promise<void> {
    await this.query('SELECT pg_promote()');
  }

  /** How many rows the statement returns. */
  async query(sql: string): Promise<number> {
    const client = new Client({ connectionString: this.url });
    client.on('error', () => undefined);
    await client.connect();
    return client
      .query(sql)
      .then(({ rowCount }) => rowCount ?? 0)
      .finally(() => client.end());
  }

  async remove(): Promise<void> {
    await this.proxy.close();
    const postmaster = await findPostmaster(this.location.clusterFolder);
    if (postmaster) await shutDownPostmaster(postmaster.pid, this.location.clusterFolder);
    // For root, whose folders other users cannot enter, the data is in another folder.
    const elsewhere = join(this.dataFolder, 'postgres-location');
    try {
      rmSync(readFileSync(elsewhere, 'utf8').trim(), { recursive: true, force: true });
    } catch {
      // It does not.
    }
  }
}
