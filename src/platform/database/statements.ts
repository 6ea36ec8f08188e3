import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient, QueryConfig } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Config } from '../config/index.js';
import { Pipelines } from './pipelines.js';
import { poolOf } from './pool.js';

/** SQL written by hand. The name is the prepared statement's, one for each text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs statements written by hand on TypeORM's own connections, prepared once per connection, where
 * the mapping of an entity would cost more than the query or cannot say what is meant.
 */
@Injectable()
export class Statements {
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly pipelines: Pipelines,
    private readonly config: Config,
  ) {
    this.pool = poolOf(dataSource);
  }

  /** The rows that a statement returns; runs within the given transaction, or alone. */
  async run<Row extends object>(
    statement: Statement,
    values: readonly unknown[],
    transaction?: EntityManager,
  ): Promise<Row[]> {
    const connection: Pool | PoolClient = transaction ? await connectionOf(transaction) : this.pool;
    return (await connection.query<Row>(this.queryOf(statement, values))).rows;
  }

  /**
   * The same, alone, for a statement that takes a moment: it waits for no connection to be free.
   */
  async send<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    if (!this.pipelines.areOpen) return this.run(statement, values);
    return (await this.pipelines.send<Row>(this.queryOf(statement, values))).rows;
  }

  private queryOf({ name, text }: Statement, values: readonly unknown[]): QueryConfig {
    return {
      name: this.config.database.preparedStatements ? name : undefined,
      text,
      values: [...values],
    };
  }
}

async function connectionOf({ queryRunner }: EntityManager): Promise<PoolClient> {
  if (!queryRunner) throw new Error('A statement was to join a transaction that has not begun.');
  return (await queryRunner.connect()) as PoolClient;
}
