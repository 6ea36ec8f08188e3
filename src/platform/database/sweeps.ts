import { Injectable, Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { Metrics } from '../metrics/index.js';

/** Small enough that a batch holds its locks for milliseconds. */
const BATCH_ROWS = 1000;

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
    try {
      for (let isMore = true; isMore;) {
        const count = await deleteBatch(BATCH_ROWS);
        this.deleted.inc({ table }, count);
        isMore = count === BATCH_ROWS;
      }
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
