import { Injectable } from '@nestjs/common';
import type { RevokedEntry } from '#protocol';
import { BoundedQueue } from '../../platform/bounded-queue/index.js';
import { Clock } from '../../platform/clock/index.js';
import { Primaries, Statements } from '../../platform/database/index.js';
import { START, type Cursor, type ReadRevocation } from './feed-connection.js';
import { parseMark } from './mark.js';
import { RevocationFeed } from './revocation-feed.js';
import { RESUME_REVOCATIONS } from './revocation.statements.js';

const PAGE_ROWS = 5000;

/** A page that takes longer is not waited for: listeners hear nothing meanwhile. */
const PAGE_WITHIN_MS = 1500;

/** After a restart of the servers all listeners come at once, and requests need the pool, too. */
const READS = { atOnce: 2, waiting: 1000 };

/** Nothing can be read from this mark. */
class UnusableMarkError extends Error {
  constructor() {
    super('The mark is none of the server that this instance reads from.');
  }
}

interface Row {
  readonly origin: string | null;
  readonly transactionId: string | null;
  readonly sessionId: string | null;
}

type LiveRow = Cursor & ReadRevocation;

/** Reads from the database what others have missed since a mark that they have kept. */
@Injectable()
export class RevocationHistory {
  private readonly reads = new BoundedQueue(READS);

  constructor(
    private readonly statements: Statements,
    private readonly primaries: Primaries,
    private readonly feed: RevocationFeed,
    private readonly clock: Clock,
  ) {}

  /** False for a mark from which nothing can be read. */
  isOfThisRun(text: string): boolean {
    const origin = parseMark(text)?.origin;
    return origin !== undefined && origin === this.feed.mark.origin;
  }

  /**
   * Everything that has been committed since a mark of `RevocationFeed.mark`, of any instance, page
   * by page. It is read from the server that the feed of this instance reads from.
   *
   * @param party whose turn it is, where many wait
   * @throws UnusableMarkError if the mark is malformed, of another run of the server, or of its
   * future; any error of the database, and if it takes too long
   */
  async *since(text: string, party: string): AsyncGenerator<readonly RevokedEntry[]> {
    const mark = parseMark(text);
    if (!mark) throw new UnusableMarkError();
    let cursor = START;
    for (;;) {
      const after = cursor;
      const reading = this.reads.run(() => this.readAfter(after, mark.snapshot), party);
      const rows = await inTime(reading);
      const isOfThisRun = rows.every(({ origin }) => origin === mark.origin);
      if (!isOfThisRun || !this.isOfThisRun(text)) throw new UnusableMarkError();
      const live = rows.filter((row): row is Row & LiveRow => row.sessionId !== null);
      yield live.map(({ sessionId: id, lowestEpoch, expiresInMs }) => ({
        id,
        lowestEpoch,
        expiresInMs,
      }));
      const last = live.at(-1);
      if (!last || live.length < PAGE_ROWS) return;
      cursor = last;
    }
  }

  private async readAfter(cursor: Cursor, snapshot: string): Promise<Row[]> {
    const { transactionId, sessionId } = cursor;
    const values = [transactionId, sessionId, PAGE_ROWS, this.clock.offsetMs, snapshot];
    const [rows] = await Promise.all([
      this.statements.run<Row>(RESUME_REVOCATIONS, values),
      this.primaries.pooled.confirm(),
    ]);
    return rows;
  }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new Error('The database did not respond in time.');
    timer = setTimeout(() => reject(error), PAGE_WITHIN_MS);
  });
  // If it is too late, nobody waits for the work.
  work.catch(() => undefined);
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}
