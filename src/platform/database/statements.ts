import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Stopwatch } from '../clock/index.js';
import { Config } from '../config/index.js';
import { DatabaseBusyError, isLockRefused } from '../errors/index.js';
import { BoundedQueue, QueueFullError } from '../bounded-queue/index.js';
import { Pipelines } from './connections/pipelines.js';
import { poolOf } from './connections/pool.js';
import { LOCK_QUEUE_WITHIN_MS, ROW_COUNTS_AS_LOCKED_MS } from './connections/time-limits.js';

/** SQL written by hand. The name is the prepared statement's, one for each text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** It takes a moment, and others may wait for it: alone, it is sent on a pipeline. */
  readonly isQuick?: boolean;
  /**
   * Of a quick statement that changes a row: which of its values is the id of that row, 1 for `$1`.
   */
  readonly rowIdParameter?: number;
}

/**
 * Statements that wait for a lock do so on few of the pool's connections, so that a row or a table
 * that somebody has locked leaves the others to whoever needs it not.
 */
const LOCKED = { atOnce: 2, waiting: 400 };

/** Rows that count as locked, because a statement about them was refused a moment ago. */
const LOCKED_ROWS = { max: 1000, ttl: ROW_COUNTS_AS_LOCKED_MS };

/**
 * Runs statements written by hand on TypeORM's own connections, prepared once per connection, where
 * the mapping of an entity would cost more than the query or cannot say what is meant.
 */
@Injectable()
export class Statements {
  private readonly pool: Pool;
  private readonly locked = new BoundedQueue(LOCKED);
  private readonly lockedRows = new LRUCache<string, true>(LOCKED_ROWS);

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly pipelines: Pipelines,
    private readonly config: Config,
  ) {
    this.pool = poolOf(dataSource);
  }

  /**
   * The rows that a statement returns; runs within the given transaction, or alone. A quick one that
   * runs alone waits for no connection to be free, and where it has to wait for a lock it waits apart
   * from all others.
   *
   * @throws what `isDatabaseOutage` is true of, where the database cannot serve it now
   */
  async run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    transaction?: EntityManager,
  ): Promise<Row[]> {
    if (transaction) return this.runOn(await connectionOf(transaction), statement, values);
    return statement.isQuick && this.pipelines.areOpen
      ? this.sendAhead(statement, values)
      : this.runOn(this.pool, statement, values);
  }

  private async runOn<Row extends object>(
    connection: Pool | PoolClient,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    return (await connection.query<Row>(this.queryOf(statement, values))).rows;
  }

  private async sendAhead<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const rowId = changedRowId(statement, values);
    if (rowId !== undefined && this.lockedRows.has(rowId))
      return this.waitForLock(statement, values);
    try {
      return (await this.pipelines.send<Row>(this.queryOf(statement, values))).rows;
    } catch (error) {
      if (!isLockRefused(error)) throw error;
      if (rowId !== undefined) this.lockedRows.set(rowId, true);
      return this.waitForLock(statement, values);
    }
  }

  private async waitForLock<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const asked = new Stopwatch();
    try {
      return await this.locked.run(async () => {
        if (asked.elapsedMs() > LOCK_QUEUE_WITHIN_MS) throw new DatabaseBusyError();
        return this.runOn<Row>(this.pool, statement, values);
      });
    } catch (error) {
      throw error instanceof QueueFullError ? new DatabaseBusyError() : error;
    }
  }

  private queryOf({ name, text }: Statement, values: readonly unknown[]): QueryConfig {
    return {
      name: this.config.database.preparedStatements ? name : undefined,
      text,
      values: [...values],
    };
  }
}

function changedRowId(
  { rowIdParameter }: Statement,
  values: readonly unknown[],
): string | undefined {
  return rowIdParameter === undefined ? undefined : (values[rowIdParameter - 1] as string);
}

async function connectionOf({ queryRunner }: EntityManager): Promise<PoolClient> {
  if (!queryRunner) throw new Error('A statement was to join a transaction that has not begun.');
  return (await queryRunner.connect()) as PoolClient;
}
