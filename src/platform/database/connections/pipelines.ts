import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Config } from '../../config/index.js';
import { DatabaseBusyError } from '../../errors/index.js';
import { Primaries } from './primaries.js';
import { PrimaryClient } from './primary-client.js';
import type { Primary } from './primary.js';
import { publishQueries } from './query-channel.js';
import {
  RESPONSE_WITHIN_MS,
  CONNECTION_WITHIN_MS,
  PIPELINE_LOCK_WITHIN_MS,
  SERVER_LIMITS,
} from './time-limits.js';

/**
 * The share of an instance's connections that are pipelines; the others are for transactions and
 * for slow statements.
 */
const SHARE = 0.4;

/** More would not be executed in time, so they are rejected at once. */
const MAX_IN_FLIGHT = 100;

/** A statement and its values. Not a type of `pg`, since it is part of what is published. */
export interface PipelinedQuery {
  /** That of the prepared statement; without it, none is prepared. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

/**
 * Connections on which quick statements are sent without waiting for the results of earlier ones.
 * With a pool, each statement wakes another process of PostgreSQL; with a pipeline, a process that
 * already runs executes the next one. That saves a sixth of the cost of a refresh on both sides.
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

  /** False if there are too few connections, or a pooler in between. */
  get areOpen(): boolean {
    return this.pipelines.length > 0;
  }

  get connections(): { readonly idle: number; readonly inUse: number } {
    const connected = this.pipelines.filter(({ isConnected }) => isConnected);
    const inUse = connected.filter(({ inFlight }) => inFlight > 0).length;
    return { idle: connected.length - inUse, inUse };
  }

  /**
   * Sends a quick statement.
   *
   * @throws an error for which `isLockRefused` is true, if the statement would wait for a lock
   */
  async send<Row extends object>(query: PipelinedQuery): Promise<{ readonly rows: Row[] }> {
    return this.pipelines
      .reduce((least, other) => (other.inFlight < least.inFlight ? other : least))
      .send<Row>(query);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.pipelines.map((pipeline) => pipeline.close()));
  }
}

/**
 * How many of an instance's connections are pipelines; the pool has the rest. None with a pooler in
 * between, which may assign another server connection after each statement.
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

  async send<Row extends object>(query: PipelinedQuery): Promise<{ readonly rows: Row[] }> {
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
      query_timeout: RESPONSE_WITHIN_MS,
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
      publishQueries(client);
      this.client = client;
      return client;
    } finally {
      this.connecting = undefined;
    }
  }
}
