import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { QueryConfig, QueryResult } from 'pg';
import { Config } from '../../config/index.js';
import { DatabaseBusyError } from '../../errors/index.js';
import { Primaries } from './primaries.js';
import { PrimaryClient } from './primary-client.js';
import type { Primary } from './primary.js';
import { tellQueries } from './query-channel.js';
import {
  ANSWER_WITHIN_MS,
  CONNECTION_WITHIN_MS,
  PIPELINE_LOCK_WITHIN_MS,
  SERVER_LIMITS,
} from './time-limits.js';

/**
 * Of the connections that an instance may have: the others are for transactions, and for what takes
 * its time.
 */
const SHARE = 0.4;

/** More than these would wait in vain, so they are sent away at once. */
const MAX_IN_FLIGHT = 100;

/**
 * Connections on which statements that take a moment are sent without waiting for the answers to
 * those before. A pool wakes another process of PostgreSQL for each; here one that is at work finds
 * the next, and both sides save a sixth of what a refresh costs them.
 */
@Injectable()
export class Pipelines implements OnApplicationShutdown {
  private readonly pipelines: readonly Pipeline[];

  constructor(config: Config, primaries: Primaries) {
    this.pipelines = Array.from(
      { length: pipelinesAmong(config, primaries) },
      () => new Pipeline(primaries.direct),
    );
  }

  /** False where there is no connection to spare, or a pooler in between. */
  get areOpen(): boolean {
    return this.pipelines.length > 0;
  }

  get connections(): { readonly idle: number; readonly inUse: number } {
    const connected = this.pipelines.filter(({ isConnected }) => isConnected);
    const inUse = connected.filter(({ inFlight }) => inFlight > 0).length;
    return { idle: connected.length - inUse, inUse };
  }

  /**
   * Sends a statement that no other has to wait for long.
   *
   * @throws what `isLockRefused` is true of, where it would wait for a lock
   */
  async send<Row extends object>(query: QueryConfig): Promise<QueryResult<Row>> {
    return this.pipelines
      .reduce((least, other) => (other.inFlight < least.inFlight ? other : least))
      .send<Row>(query);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.pipelines.map((pipeline) => pipeline.close()));
  }
}

/**
 * How many of an instance's connections are pipelines; the rest is the pool's. A pooler in between
 * would share them out after each answer.
 */
export function pipelinesAmong({ database }: Config, { pooled, direct }: Primaries): number {
  return pooled === direct ? Math.floor(database.poolSize * SHARE) : 0;
}

class Pipeline {
  inFlight = 0;
  private connecting: Promise<PrimaryClient> | undefined;
  private client: PrimaryClient | undefined;

  constructor(private readonly primary: Primary) {}

  get isConnected(): boolean {
    return this.client !== undefined;
  }

  async send<Row extends object>(query: QueryConfig): Promise<QueryResult<Row>> {
    if (this.inFlight >= MAX_IN_FLIGHT) throw new DatabaseBusyError();
    this.inFlight += 1;
    try {
      const client = this.client ?? (await (this.connecting ??= this.connect()));
      client.writeTogether();
      return await client.query<Row>(query);
    } finally {
      this.inFlight -= 1;
    }
  }

  async close(): Promise<void> {
    await this.client?.end();
  }

  private async connect(): Promise<PrimaryClient> {
    const { primary } = this;
    const timeouts = {
      ...SERVER_LIMITS,
      lock_timeout: PIPELINE_LOCK_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      connectionTimeoutMillis: CONNECTION_WITHIN_MS,
    };
    const client = new PrimaryClient({
      primary,
      pipeline: true,
      application_name: 'evergreen-auth',
      keepAlive: true,
      ...timeouts,
    });
    client.once('end', () => {
      if (this.client === client) this.client = undefined;
    });
    try {
      await client.connect();
      tellQueries(client);
      this.client = client;
      return client;
    } finally {
      this.connecting = undefined;
    }
  }
}
