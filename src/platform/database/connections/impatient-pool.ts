import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import pg, { type PoolClient, type PoolConfig } from 'pg';
import { DatabaseBusyError } from '../../errors/index.js';
import { queryChannel, tellQueries } from './query-channel.js';

/** How long a request may wait for a connection. */
const CONNECTION_WITHIN_MS = 2000;

/** How long the server may work on one statement; all of ours take milliseconds. */
const STATEMENT_WITHIN_MS = 4000;

/** How long a statement may wait for a lock; ours hold theirs for milliseconds. */
const LOCK_WITHIN_MS = 1000;

/**
 * A connection in use that is silent for longer is dead, whatever TCP believes: packets are dropped
 * somewhere between.
 */
const SILENT_FOR_MS = 5000;

/**
 * Waiting requests per connection. More than these would wait in vain, so they are sent away at
 * once.
 */
const MAX_WAITING_PER_CONNECTION = 50;

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/**
 * A pool that fails within seconds and sheds load, where `pg` would wait without an end while the
 * database is away.
 */
class ImpatientPool extends pg.Pool {
  private readonly inUse = new WeakSet<PoolClient>();

  constructor(private readonly config: PoolConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECTION_WITHIN_MS, keepAlive: true });
    this.on('acquire', (client) => this.inUse.add(client));
    this.on('release', (_error, client) => this.inUse.delete(client));
    this.on('connect', (client) => this.watch(client));
    this.on('connect', tellQueries);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const isFull = this.waitingCount >= (this.config.max ?? 10) * MAX_WAITING_PER_CONNECTION;
    // Whoever waits is called by whoever lets a connection go: without this, in the context of that
    // other request.
    if (!isFull)
      return callback
        ? super.connect(queryChannel.hasSubscribers ? AsyncResource.bind(callback) : callback)
        : super.connect();
    const error = new DatabaseBusyError();
    return callback ? callback(error, undefined, () => undefined) : Promise.reject(error);
  }

  private watch(client: PoolClient): void {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.setTimeout(SILENT_FOR_MS, () => {
      if (this.inUse.has(client))
        stream.destroy(new Error('Connection terminated: the database fell silent.'));
    });
  }
}

/** What TypeORM is to use as its driver. */
export const impatientDriver = { ...pg, Pool: ImpatientPool };

/**
 * Lets the server itself give up on a statement, so that nothing waits or works on for a request that was
 * answered long ago. Not through a pooler, which takes no such parameters: there it is a setting of
 * the role.
 */
export const STATEMENT_TIMEOUT = {
  statement_timeout: STATEMENT_WITHIN_MS,
  lock_timeout: LOCK_WITHIN_MS,
  idle_in_transaction_session_timeout: STATEMENT_WITHIN_MS,
};
