import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import pg, { type PoolClient, type PoolConfig } from 'pg';
import { DatabaseBusyError } from '../../errors/index.js';
import { queryChannel, tellQueries } from './query-channel.js';
import { ANSWER_WITHIN_MS, CONNECTION_WITHIN_MS } from './time-limits.js';

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
    stream.setTimeout(ANSWER_WITHIN_MS, () => {
      if (this.inUse.has(client))
        stream.destroy(new Error('Connection terminated: the database fell silent.'));
    });
  }
}

/** What TypeORM is to use as its driver. */
export const impatientDriver = { ...pg, Pool: ImpatientPool };
