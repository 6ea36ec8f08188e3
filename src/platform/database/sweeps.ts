import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { NIL } from 'uuid';
import { Metrics } from '../metrics/index.js';

/** So few that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

/** The result of one step through a table in the order of ids. */
export interface SweptStep {
  /** Rows that were deleted. */
  readonly count: number;
  /** The last id that was read; undefined if there were no rows. */
  readonly lastId: string | undefined;
}

/**
 * Deletes rows that are no longer needed, in batches, and counts them. After a failure, the next
 * run continues.
 */
@Injectable()
export class Sweeps {
  private readonly logger = new Logger('Sweeps');
  private readonly deleted: Counter<'table'>;
  private readonly runs: Counter<'table' | 'result'>;

  constructor({ registry }: Metrics) {
    this.deleted = new Counter({
      name: 'evergreen_swept_rows_total',
      help: 'Rows that were deleted because they are no longer needed.',
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
   * Deletes batches until there are no more rows.
   *
   * @param deleteBatch deletes at most `limit` rows and returns their number; 0 while another
   * instance does this
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
   * The same for a table without an index on age: scans all of it.
   *
   * @param deleteOfNext scans the next `limit` rows after an id
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
