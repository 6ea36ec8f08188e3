import { Socket } from 'node:net';
import { Client } from 'pg';
import { serversOf } from './servers-of.js';
import { PRIMARY_RESPONSE_WITHIN_MS } from './time-limits.js';

/**
 * Fails on a replica. Each promotion begins a new timeline, so if two servers believe that they are
 * the primary, the one with the earlier timeline is wrong: it was replaced while it was
 * unreachable.
 */
const TIMELINE = `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline`;

/**
 * No server accepts writes now. It has PostgreSQL's code for that, so the response is
 * `service_unavailable`, which clients retry.
 */
export class NoPrimaryError extends Error {
  readonly code = '25006';

  constructor(options?: ErrorOptions) {
    super('No server of the database is its primary now.', options);
    this.name = 'NoPrimaryError';
  }
}

/** A connection to one of the servers. */
export interface Severable {
  /** Without PostgreSQL's goodbye message, which might wait for ever. */
  cut(): void;
}

/**
 * Finds the primary among the servers of a URL. All connections of one URL share what is known of
 * it.
 */
export class Primary {
  private readonly servers: readonly string[];
  private readonly connections = new Map<Severable, string>();
  private readonly pending = new Map<string, Promise<string>>();
  /** The latest timeline seen; a server with an earlier one is a former primary. */
  private timeline = '';

  constructor(url: string) {
    this.servers = serversOf(url);
  }

  /** The URL of one server, for the parts that all share: user, password, database. */
  get anyServer(): string {
    return this.servers[0] ?? '';
  }

  /**
   * The URL of the primary. If the URL names only one server, this makes no query.
   *
   * @throws NoPrimaryError
   */
  async locate(): Promise<string> {
    if (this.servers.length === 1) return this.anyServer;
    return Promise.any(this.servers.map((server) => this.query(server))).catch((cause: unknown) => {
      throw new NoPrimaryError({ cause });
    });
  }

  /**
   * Queries all servers, if there are several. Before this returns, connections to a former primary
   * are cut.
   */
  async confirm(): Promise<void> {
    if (this.servers.length > 1)
      await Promise.allSettled(this.servers.map((server) => this.query(server)));
  }

  /** From now on, the connection is cut when another server turns out to be the primary. */
  add(connection: Severable, server: string): void {
    this.connections.set(connection, server);
  }

  remove(connection: Severable): void {
    this.connections.delete(connection);
  }

  /**
   * Concurrent calls share one query: after an outage there are many at once.
   */
  private query(server: string): Promise<string> {
    const response =
      this.pending.get(server) ?? this.compare(server).finally(() => this.pending.delete(server));
    this.pending.set(server, response);
    return response;
  }

  private async compare(server: string): Promise<string> {
    const timeline = await queryTimeline(server);
    if (timeline < this.timeline) throw new NoPrimaryError();
    if (timeline > this.timeline) this.follow(server, timeline);
    return server;
  }

  private follow(primary: string, timeline: string): void {
    this.timeline = timeline;
    for (const [connection, server] of this.connections) if (server !== primary) connection.cut();
  }
}

async function queryTimeline(server: string): Promise<string> {
  const socket = new Socket();
  setTimeout(() => socket.destroy(), PRIMARY_RESPONSE_WITHIN_MS).unref();
  const client = new Client({
    connectionString: server,
    application_name: 'evergreen-primary',
    stream: () => socket,
  });
  // The event also follows an error that the query has reported already.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ timeline: string }>(TIMELINE);
    return rows[0]?.timeline ?? '';
  } finally {
    void client.end();
  }
}
