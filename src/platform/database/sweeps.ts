import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { NIL } from 'uuid';
import { Metrics } from '../metrics/index.js';

/** Small enough that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

/** What one step of a table in the order of ids has come to. */
export interface SweptStep {
  /** Rows that were deleted. */
  readonly count: number;
  /** Of the rows that were looked at; undefined where there were none. */
  readonly lastId: string | undefined;
}

/**
 * Deletes what nobody needs any more in batches, counts it, and leaves to the next run what could
 * not be done.
 */
@Injectable()
export class Sweeps {
  private readonly logger = new Logger('Sweeps');
  private readonly deleted: Counter<'table'>;
  private readonly runs: Counter<'table' | 'result'>;

  constructor({ registry }: Metrics) {
    this.deleted = new Counter({
      name: 'evergreen_swept_rows_total',
      help: 'Rows that were deleted because nobody needs them any more.',
      labelNames: ['table'],
      registers: [registry],
    });
    this.runs = new Counter({
      name: 'evergreen_sweeps_total',
      help: 'Runs of the clean-up of a table.',
      labelNames: ['table', 'result'],
      registers: [registry],
    });
  }

  /**
   * @param deleteBatch deletes at most so many rows, and returns how many it were; none where
   * another instance is at it
   */
  async sweep(table: string, deleteBatch: (limit: number) => Promise<number>): Promise<void> {
    await this.run(table, async (deleted) => {
      for (let isMore = true; isMore;) {
        const count = await deleteBatch(BATCH_ROWS);
        deleted(count);
        isMore = count === BATCH_ROWS;
      }
    });
  }

  /**
   * The same for a table that no index says of what is old.
   *
   * @param deleteOfNext looks through the next so many rows after an id
   */
  async sweepThrough(
    table: string,
    deleteOfNext: (limit: number, afterId: string) => Promise<SweptStep>,
  ): Promise<void> {
    await this.run(table, async (deleted) => {
      for (let afterId: string | undefined = NIL; afterId !== undefined;) {
        const { count, lastId }: SweptStep = await deleteOfNext(BATCH_ROWS, afterId);
        deleted(count);
        afterId = lastId;
      }
    });
  }

  private async run(
    table: string,
    work: (deleted: (count: number) => void) => Promise<void>,
  ): Promise<void> {
    try {
      await work((count) => this.deleted.inc({ table }, count));
      this.runs.inc({ table, result: 'done' });
    } catch (error) {
      this.runs.inc({ table, result: 'failed' });
      this.logger.warn(
        { err: error, table },
        'Old rows were not deleted; the next run tries again.',
      );
    }
  }
}
