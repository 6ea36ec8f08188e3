import { AsyncResource } from 'node:async_hooks';
import type { Socket } from 'node:net';
import pg, { type PoolClient, type PoolConfig } from 'pg';
import { DatabaseBusyError } from '../../errors/index.js';
import { queryChannel, publishQueries } from './query-channel.js';
import { RESPONSE_WITHIN_MS, CONNECTION_WITHIN_MS } from './time-limits.js';

/**
 * Waiting requests per connection. More would not get a connection in time, so they are rejected at
 * once.
 */
const MAX_WAITING_PER_CONNECTION = 50;

type Connected = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/**
 * A pool with limits: while the database is unreachable it fails within seconds and rejects further
 * requests, where `pg` would wait for ever.
 */
class LimitedPool extends pg.Pool {
  private readonly inUse = new WeakSet<PoolClient>();

  constructor(private readonly config: PoolConfig) {
    super({ ...config, connectionTimeoutMillis: CONNECTION_WITHIN_MS, keepAlive: true });
    this.on('acquire', (client) => this.inUse.add(client));
    this.on('release', (_error, client) => this.inUse.delete(client));
    this.on('connect', (client) => this.watch(client));
    this.on('connect', publishQueries);
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Connected): void;
  override connect(callback?: Connected): Promise<PoolClient> | void {
    const isFull = this.waitingCount >= (this.config.max ?? 10) * MAX_WAITING_PER_CONNECTION;
    // The request that releases a connection calls the waiting callback. `bind` makes it run in its
    // own async context, so that its trace is right.
    if (!isFull)
      return callback
        ? super.connect(queryChannel.hasSubscribers ? AsyncResource.bind(callback) : callback)
        : super.connect();
    const error = new DatabaseBusyError();
    return callback ? callback(error, undefined, () => undefined) : Promise.reject(error);
  }

  private watch(client: PoolClient): void {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    stream.setTimeout(RESPONSE_WITHIN_MS);
    // Not as the callback of `setTimeout`, which is called only once: the first time is when nobody
    // uses the connection.
    stream.on('timeout', () => {
      if (this.inUse.has(client))
        stream.destroy(new Error('Connection terminated: the database did not respond in time.'));
    });
  }
}

/** The driver for TypeORM. */
export const limitedDriver = { ...pg, Pool: LimitedPool };
