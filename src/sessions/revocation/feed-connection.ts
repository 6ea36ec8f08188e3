import { Socket } from 'node:net';
import type { RevocationNotice } from '#protocol';
import type { ClockReading } from '../../platform/clock/index.js';
import { PrimaryClient, type Primary } from '../../platform/database/index.js';
import { CHANNEL, LISTENER_NAME, READ_ORIGIN, READ_REVOCATIONS } from './revocation.statements.js';

/**
 * After this time without a response the connection counts as lost: a network may drop packets
 * silently.
 */
const RESPONSE_WITHIN_MS = 2000;

/**
 * A page of this size arrives in time and takes a few megabytes, however many sessions an operator
 * ends at once.
 */
const PAGE_ROWS = 10_000;

/** Before the first row. */
export const START: Cursor = {
  transactionId: '-1',
  sessionId: '00000000-0000-0000-0000-000000000000',
};

/** A live row of the blacklist. */
export type ReadRevocation = RevocationNotice & { readonly expiresInMs: number };

/** A page of a read. */
export interface Reading {
  readonly revocations: readonly ReadRevocation[];
  /**
   * What to pass to the next `readSince` after all pages of this one; the same on every page.
   */
  readonly readOn: string;
  /** The database's clock during the read, without the offset. */
  readonly clock: ClockReading;
}

interface Mark {
  readonly readOn: string;
  readonly nowMs: number;
  readonly isReplica: boolean;
}

export interface Cursor {
  readonly transactionId: string;
  readonly sessionId: string;
}

type Row = Mark & ((Cursor & ReadRevocation) | { readonly sessionId: null });

/**
 * A separate connection that listens for revocations. It is direct, since a transaction-mode pooler
 * does not support `LISTEN`.
 */
export class FeedConnection {
  private readonly lost = new AbortController();
  private run: string | undefined;

  private constructor(
    private readonly client: PrimaryClient,
    private readonly primary: Primary,
    private readonly socket: Socket,
  ) {
    // Both events also follow an error that a query has reported already.
    client.on('error', () => this.lost.abort());
    client.on('end', () => this.lost.abort());
  }

  /**
   * Opens a connection that listens. `onNotice` only means that there may be something to read:
   * anybody who may connect can send notices with any content, so the content is ignored.
   */
  static async open(primary: Primary, onNotice: () => void): Promise<FeedConnection> {
    const socket = new Socket();
    const client = new PrimaryClient({
      primary,
      application_name: LISTENER_NAME,
      stream: () => socket,
      connectionTimeoutMillis: RESPONSE_WITHIN_MS,
      query_timeout: RESPONSE_WITHIN_MS,
      keepAlive: true,
    });
    const connection = new FeedConnection(client, primary, socket);
    client.on('notification', onNotice);
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      connection.run = await connection.readOrigin();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** The `origin` of marks; undefined if this server does not say it. */
  get origin(): string | undefined {
    return this.run;
  }

  /** Aborts when the connection is known to be lost. */
  get isLost(): AbortSignal {
    return this.lost.signal;
  }

  /**
   * The live rows since an earlier read, which is given by its `readOn`; without it all rows; page
   * by page.
   *
   * @throws if the server does not respond in time, is a replica, or is a former primary: its rows
   * may be out of date
   */
  async *readSince(mark: string | undefined, clockOffsetMs: number): AsyncGenerator<Reading> {
    let cursor = START;
    let readOn: string | undefined;
    for (;;) {
      const page = await this.readAfter(cursor, mark, clockOffsetMs);
      // From the first page: a row that commits between two pages may sort before the second.
      readOn ??= page.readOn;
      yield { readOn, revocations: page.rows, clock: page.clock };
      const last = page.rows.at(-1);
      if (!last || page.rows.length < PAGE_ROWS) return;
      cursor = last;
    }
  }

  /** Some providers of databases do not allow what it reads: then nobody can resume. */
  private async readOrigin(): Promise<string | undefined> {
    const reading = this.client.query<{ origin: string | null }>(READ_ORIGIN);
    const { rows } = await reading.catch(() => ({ rows: [] }));
    return rows[0]?.origin ?? undefined;
  }

  private async readAfter(cursor: Cursor, mark: string | undefined, clockOffsetMs: number) {
    const requestedAtMs = performance.now();
    const { transactionId, sessionId } = cursor;
    const values = [transactionId, sessionId, PAGE_ROWS, clockOffsetMs, mark ?? null];
    const reading = this.client
      .query<Row>({ ...READ_REVOCATIONS, values })
      .then(({ rows }) => ({ rows, respondedAtMs: performance.now() }));
    const [{ rows, respondedAtMs }] = await Promise.all([reading, this.primary.confirm()]);
    const [first] = rows;
    if (!first || first.isReplica || this.socket.destroyed)
      throw new Error('The server of the revocation feed is not the primary.');
    return {
      readOn: first.readOn,
      clock: { nowMs: first.nowMs - clockOffsetMs, requestedAtMs, respondedAtMs },
      rows: rows.filter((row) => row.sessionId !== null),
    };
  }

  /** Without PostgreSQL's goodbye message, which might wait for ever on a dead connection. */
  close(): void {
    this.socket.destroy();
  }
}
