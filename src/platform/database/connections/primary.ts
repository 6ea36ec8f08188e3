import { Socket } from 'node:net';
import { Client } from 'pg';
import { serversOf } from './servers-of.js';
import { PRIMARY_ANSWER_WITHIN_MS } from './time-limits.js';

/**
 * A replica refuses to answer. Each promotion begins a new timeline, so of two that take themselves
 * for the primary the one with the earlier timeline is wrong: it came back, or was never reached by
 * the news.
 */
const TIMELINE = `SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline`;

/**
 * None of the servers takes writes now. It has PostgreSQL's code for that, so whoever asked is told
 * to come back.
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
  /** At once: a farewell might wait for ever. */
  cut(): void;
}

/**
 * Which of the servers that a URL names is the primary. All connections of one URL share what
 * becomes known of it.
 */
export class Primary {
  private readonly servers: readonly string[];
  private readonly connections = new Map<Severable, string>();
  private readonly questions = new Map<string, Promise<string>>();
  /** The latest that any server has named; one with an earlier timeline was the primary once. */
  private timeline = '';

  constructor(url: string) {
    this.servers = serversOf(url);
  }

  /** The URL of one server, for what is the same of all: user, password, database. */
  get anyServer(): string {
    return this.servers[0] ?? '';
  }

  /**
   * The URL of the primary. Where only one server is named nobody is asked.
   *
   * @throws NoPrimaryError
   */
  async locate(): Promise<string> {
    if (this.servers.length === 1) return this.anyServer;
    return Promise.any(this.servers.map((server) => this.ask(server))).catch((cause: unknown) => {
      throw new NoPrimaryError({ cause });
    });
  }

  /**
   * Asks all servers, where there are several: connections to one that was followed by another are
   * cut before this returns.
   */
  async confirm(): Promise<void> {
    if (this.servers.length > 1)
      await Promise.allSettled(this.servers.map((server) => this.ask(server)));
  }

  /** From now on the connection is cut when another server is found to be the primary. */
  add(connection: Severable, server: string): void {
    this.connections.set(connection, server);
  }

  remove(connection: Severable): void {
    this.connections.delete(connection);
  }

  /**
   * Who comes while a server is being asked gets the same answer: after an outage many come at
   * once.
   */
  private ask(server: string): Promise<string> {
    const question =
      this.questions.get(server) ??
      this.compare(server).finally(() => this.questions.delete(server));
    this.questions.set(server, question);
    return question;
  }

  private async compare(server: string): Promise<string> {
    const timeline = await askTimeline(server);
    if (timeline < this.timeline) throw new NoPrimaryError();
    if (timeline > this.timeline) this.follow(server, timeline);
    return server;
  }

  private follow(primary: string, timeline: string): void {
    this.timeline = timeline;
    for (const [connection, server] of this.connections) if (server !== primary) connection.cut();
  }
}

async function askTimeline(server: string): Promise<string> {
  const socket = new Socket();
  setTimeout(() => socket.destroy(), PRIMARY_ANSWER_WITHIN_MS).unref();
  const client = new Client({
    connectionString: server,
    application_name: 'evergreen-primary',
    stream: () => socket,
  });
  // It also comes after an error that the query has reported already.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ timeline: string }>(TIMELINE);
    return rows[0]?.timeline ?? '';
  } finally {
    void client.end();
  }
}
