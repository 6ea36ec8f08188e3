import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { Pool, PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { Config } from '../config/index.js';
import { poolOf } from './pool.js';

/** SQL written by hand. The name is the prepared statement's, one for each text. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/**
 * Runs statements written by hand on TypeORM's own connections, prepared once per connection, where the mapping of an entity
 * would cost more than the query or cannot say what is meant.
 */
@Injectable()
export class Statements {
  private readonly pool: Pool;

  constructor(
    @InjectDataSource() dataSource: DataSource,
    private readonly config: Config,
  ) {
    this.pool = poolOf(dataSource);
  }

  /** The rows that a statement returns; runs within the given transaction, or alone. */
  async run<Row extends object>(statement: Statement, values: readonly unknown[], transaction?: EntityManager): Promise<Row[]> {
    const connection: Pool | PoolClient = transaction ? await connectionOf(transaction) : this.pool;
    const name = this.config.database.preparedStatements ? statement.name : undefined;
    const { rows } = await connection.query<Row>({ name, text: statement.text, values: [...values] });
    return rows;
  }
}

async function connectionOf({ queryRunner }: EntityManager): Promise<PoolClient> {
  if (!queryRunner) throw new Error('A statement was to join a transaction that has not begun.');
  return (await queryRunner.connect()) as PoolClient;
}
