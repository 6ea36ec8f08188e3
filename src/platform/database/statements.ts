import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Stopwatch } from '../clock/index.js';
import { Config } from '../config/index.js';
import { DatabaseBusyError, isLockRefused } from '../errors/index.js';
import { BoundedQueue, QueueFullError } from '../bounded-queue/index.js';
import { Pipelines, type PipelinedQuery } from './connections/pipelines.js';
import { poolOf } from './connections/pool.js';
import { DATABASE } from './database.token.js';
import { LOCK_QUEUE_WITHIN_MS, ROW_COUNTS_AS_LOCKED_MS } from './connections/time-limits.js';

/** A statement in SQL. `name` is that of the prepared statement; each text has its own. */
export interface Statement {
  readonly name: string;
  readonly text: string;
  /** Quick enough for other statements to wait for it: outside transactions it uses a pipeline. */
  readonly isQuick?: boolean;
  /**
   * For a quick statement that changes a row: which value is the id of the row, 1 for `$1`.
   */
  readonly rowIdParameter?: number;
}

/**
 * Statements that wait for a lock use only a few of the pool's connections, so that a locked row or
 * table does not block requests that do not need it.
 */
const LOCKED = { atOnce: 2, waiting: 400 };

/** Rows that count as locked, since a statement on them has just failed on a lock. */
const LOCKED_ROWS = { max: 1000, ttl: ROW_COUNTS_AS_LOCKED_MS };

/**
 * Runs SQL statements on TypeORM's connections, prepared once per connection: for cases in which
 * the mapping of entities would cost more than the query, or cannot express it.
 */
@Injectable()
export class Statements {
  private readonly pool: Pool;
  private readonly locked = new BoundedQueue(LOCKED);
  private readonly lockedRows = new LRUCache<string, true>(LOCKED_ROWS);

  constructor(
    @Inject(DATABASE) dataSource: DataSource,
    private readonly pipelines: Pipelines,
    private readonly config: Config,
  ) {
    this.pool = poolOf(dataSource);
  }

  /**
   * Runs a statement, in the given transaction if there is one, and returns its rows. Outside a
   * transaction, a quick statement needs no free connection of the pool; if it must wait for a
   * lock, it waits separately, so that it delays no other statement.
   *
   * @throws an error for which `isDatabaseOutage` is true, if the database is unavailable
   */
  async run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    transaction?: EntityManager,
  ): Promise<Row[]> {
    if (transaction) return this.runOn(await connectionOf(transaction), statement, values);
    return statement.isQuick && this.pipelines.areOpen
      ? this.sendOnPipeline(statement, values)
      : this.runOn(this.pool, statement, values);
  }

  private async runOn<Row extends object>(
    connection: Pool | PoolClient,
    statement: Statement,
    values: readonly unknown[],
  ): Promise<Row[]> {
    return (await connection.query<Row>(this.queryOf(statement, values))).rows;
  }

  private async sendOnPipeline<Row extends object>(
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
    const queued = new Stopwatch();
    try {
      return await this.locked.run(async () => {
        if (queued.elapsedMs() > LOCK_QUEUE_WITHIN_MS) throw new DatabaseBusyError();
        return this.runOn<Row>(this.pool, statement, values);
      });
    } catch (error) {
      throw error instanceof QueueFullError ? new DatabaseBusyError() : error;
    }
  }

  private queryOf({ name, text }: Statement, values: readonly unknown[]): PipelinedQuery {
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
  if (!queryRunner) throw new Error('The transaction of a statement has not begun.');
  return (await queryRunner.connect()) as PoolClient;
}
