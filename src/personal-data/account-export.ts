import { Injectable, Logger } from '@nestjs/common';
import { NIL } from 'uuid';
import { Clock } from '../platform/clock/index.js';
import { Statements, type Statement } from '../platform/database/index.js';
import { EXPORT_IDENTITIES, EXPORT_PAGES, EXPORT_USER } from './export.statements.js';

/** So few that a page is a few hundred kilobytes. */
const PAGE_ROWS = 500;

/** Reads everything that is kept about a user. */
@Injectable()
export class AccountExport {
  private readonly logger = new Logger('AccountExport');

  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
  ) {}

  /**
   * The JSON of an `AccountExportResponse`, in pieces: a page of rows is read when the one before has
   * been taken. Undefined if there is no such user.
   */
  async read(userId: string): Promise<AsyncIterable<string> | undefined> {
    const [user] = await this.statements.run(EXPORT_USER, [userId]);
    return user && this.document(userId, user);
  }

  private async *document(userId: string, user: object): AsyncGenerator<string> {
    try {
      const exported_at = new Date(this.clock.nowMs());
      const identities = await this.statements.run(EXPORT_IDENTITIES, [userId]);
      yield JSON.stringify({ exported_at, user, identities }).slice(0, -1);
      for (const [name, page] of EXPORT_PAGES) {
        yield `,"${name}":[`;
        yield* this.list(userId, page);
        yield ']';
      }
      yield '}';
    } catch (error) {
      // The response has begun, so its status can no longer say so.
      this.logger.error({ err: error, user_id: userId }, 'An export was cut off.');
      throw error;
    }
  }

  private async *list(userId: string, page: Statement): AsyncGenerator<string> {
    let afterId: string = NIL;
    let comma = '';
    for (;;) {
      const values = [userId, afterId, PAGE_ROWS];
      const rows = await this.statements.run<{ id: string }>(page, values);
      const last = rows.at(-1);
      if (!last) return;
      yield comma + rows.map((row) => JSON.stringify(row)).join(',');
      comma = ',';
      afterId = last.id;
    }
  }
}
