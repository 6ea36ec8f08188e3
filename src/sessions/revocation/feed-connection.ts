import { Socket } from 'node:net';
import type { ClockReading } from '../../platform/clock/index.js';
import { PrimaryClient, type Primary } from '../../platform/database/index.js';
import { CHANNEL, LISTENER_NAME, READ_REVOCATIONS } from './revocation.statements.js';
import type { RevocationNotice } from './revoked-sessions.js';

/**
 * An answer that takes longer counts as lost: packets may be dropped silently somewhere between.
 */
const ANSWER_WITHIN_MS = 2000;

/**
 * A page is answered in time and takes a few megabytes, however many sessions an operator has ended
 * at once.
 */
const PAGE_ROWS = 10_000;

/** Before all rows. */
const START: Place = { transactionId: '-1', sessionId: '00000000-0000-0000-0000-000000000000' };

/** A row of the blacklist, as long as it lives. */
export type ReadRevocation = RevocationNotice & { readonly expiresInMs: number };

/** A page of a reading. */
export interface Reading {
  readonly revocations: readonly ReadRevocation[];
  /**
   * What to pass to the next `readSince`, once all pages of this one have been read; the same in
   * each of them.
   */
  readonly readOn: string;
  /** What the database's clock said meanwhile, without the offset. */
  readonly clock: ClockReading;
}

interface Mark {
  readonly readOn: string;
  readonly nowMs: number;
  readonly isReplica: boolean;
}

interface Place {
  readonly transactionId: string;
  readonly sessionId: string;
}

type Row = Mark & ((Place & ReadRevocation) | { readonly sessionId: null });

/**
 * A connection of its own that listens for revocations: direct, since a transaction-mode pooler
 * carries no `LISTEN`.
 */
export class FeedConnection {
  private readonly lost = new AbortController();

  private constructor(
    private readonly client: PrimaryClient,
    private readonly primary: Primary,
    private readonly socket: Socket,
  ) {
    // Both also come after an error that a query has reported already.
    client.on('error', () => this.lost.abort());
    client.on('end', () => this.lost.abort());
  }

  /**
   * Connected and listening. `onNotice` means that it may be worth reading, and no more: whoever may
   * connect can send a notice, of whatever content, so that is not looked at.
   */
  static async open(primary: Primary, onNotice: () => void): Promise<FeedConnection> {
    const socket = new Socket();
    const client = new PrimaryClient({
      primary,
      application_name: LISTENER_NAME,
      stream: () => socket,
      connectionTimeoutMillis: ANSWER_WITHIN_MS,
      query_timeout: ANSWER_WITHIN_MS,
      keepAlive: true,
    });
    const connection = new FeedConnection(client, primary, socket);
    client.on('notification', onNotice);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Aborts when the connection is known to be lost. */
  get isLost(): AbortSignal {
    return this.lost.signal;
  }

  /**
   * The live rows that an earlier reading did not show, by its `readOn`, or all rows, page by page.
   *
   * @throws where the server does not answer in time, is a replica, or was the primary before
   * another one: what it says may be out of date
   */
  async *readSince(mark: string | undefined, clockOffsetMs: number): AsyncGenerator<Reading> {
    let place = START;
    let readOn: string | undefined;
    for (;;) {
      const page = await this.readAfter(place, mark, clockOffsetMs);
      // What commits between two pages may lie before the second.
      readOn ??= page.readOn;
      yield { readOn, revocations: page.rows, clock: page.clock };
      const last = page.rows.at(-1);
      if (!last || page.rows.length < PAGE_ROWS) return;
      place = last;
    }
  }

  private async readAfter(place: Place, mark: string | undefined, clockOffsetMs: number) {
    const askedAtMs = performance.now();
    const { transactionId, sessionId } = place;
    const values = [transactionId, sessionId, PAGE_ROWS, clockOffsetMs, mark ?? null];
    const reading = this.client
      .query<Row>({ ...READ_REVOCATIONS, values })
      .then(({ rows }) => ({ rows, answeredAtMs: performance.now() }));
    const [{ rows, answeredAtMs }] = await Promise.all([reading, this.primary.confirm()]);
    const [first] = rows;
    if (!first || first.isReplica || this.socket.destroyed)
      throw new Error('The server of the revocation feed is not the primary.');
    return {
      readOn: first.readOn,
      clock: { nowMs: first.nowMs - clockOffsetMs, askedAtMs, answeredAtMs },
      rows: rows.filter((row) => row.sessionId !== null),
    };
  }

  /** At once: a farewell might wait for ever on a connection that is dead. */
  close(): void {
    this.socket.destroy();
  }
}
