import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { Every } from '../platform/jobs/index.js';
import type { EndReason } from './persistence/session.entity.js';
import { SessionStore, type EndedSession } from './persistence/session.store.js';
import { UserEndingStore, type MarkedSession } from './persistence/user-ending.store.js';
import { SessionEnder } from './session-ender.js';
import type { Requester } from './session.js';

/** So few that one step holds its locks for milliseconds. */
const STEP_ROWS = 1000;

/** More than a step, since ids are small and each query scans all sessions of the user. */
const LISTED_IDS = 10 * STEP_ROWS;

const FINISH_EVERY_MS = 60_000;

/** Which sessions of a user must end, and why. */
interface Ending {
  readonly userId: string;
  /** The session that continues. */
  readonly keptId?: string;
  readonly reason: EndReason;
}

/** The sessions that one transaction has ended, and whether others must still be ended. */
interface BegunEnding {
  readonly ended: readonly EndedSession[];
  readonly isUnfinished: boolean;
}

/**
 * Ends all sessions of one user, however many. For nearly all users, one transaction ends them all.
 * If there are more than `STEP_ROWS`, that transaction ends the first ones and marks all others by an
 * instant in the user's row: from its commit on, no refresh and no renewal of them is granted. Their
 * rows and access tokens are revoked in steps before the response; if the process ends meanwhile,
 * another one finishes within minutes.
 */
@Injectable()
export class UserEndings {
  private readonly logger = new Logger('UserEndings');

  constructor(
    private readonly sessions: SessionStore,
    private readonly store: UserEndingStore,
    private readonly ender: SessionEnder,
  ) {}

  /** To be called first in a transaction that ends sessions of a user: a second one waits. */
  async lockUser(userId: string, transaction: EntityManager): Promise<void> {
    await this.store.lockUser(userId, transaction);
  }

  /** To be called after `lockUser`, before a transaction changes one session and ends the others. */
  async lockSessions(userId: string, transaction: EntityManager): Promise<void> {
    await this.store.lockSessions(userId, STEP_ROWS, transaction);
  }

  /** Ends sessions in a transaction that has locked the user. */
  async begin(
    { userId, keptId, reason }: Ending,
    transaction: EntityManager,
  ): Promise<BegunEnding> {
    const which = { kind: 'some_of_user', userId, keptId, limit: STEP_ROWS } as const;
    const ended = await this.sessions.end(which, reason, transaction);
    const isUnfinished = ended.length >= STEP_ROWS;
    if (isUnfinished) await this.store.markEnded(userId, keptId, reason, transaction);
    return { ended, isUnfinished };
  }

  /** To be called after the commit. Returns all sessions that have ended. */
  async complete(
    { userId, reason }: Ending,
    { ended, isUnfinished }: BegunEnding,
    by?: Requester,
  ): Promise<EndedSession[]> {
    this.ender.reportEnded(ended, reason, by);
    return isUnfinished ? [...ended, ...(await this.finish(userId, by))] : [...ended];
  }

  /** Finishes what another process left because it ended or could not reach the database. */
  @Every(FINISH_EVERY_MS)
  async finishAll(): Promise<void> {
    try {
      for (const userId of await this.store.listUnfinished()) await this.finish(userId);
    } catch (error) {
      this.logger.warn(
        { err: error },
        'Some sessions that must end were not ended; the next run tries again.',
      );
    }
  }

  private async finish(userId: string, by?: Requester): Promise<EndedSession[]> {
    const ended: EndedSession[] = [];
    let afterId: string = NIL;
    for (;;) {
      const marked = await this.store.listMarked(userId, afterId, LISTED_IDS);
      for (let first = 0; first < marked.length; first += STEP_ROWS)
        ended.push(...(await this.endStep(marked.slice(first, first + STEP_ROWS), by)));
      const last = marked.at(-1);
      if (!last || marked.length < LISTED_IDS) break;
      afterId = last.id;
    }
    await this.store.finishEnding(userId);
    return ended;
  }

  private async endStep(
    step: readonly MarkedSession[],
    by?: Requester,
  ): Promise<readonly EndedSession[]> {
    const [first] = step;
    if (!first) return [];
    const ids = step.map(({ id }) => id);
    return this.ender.end({ kind: 'marked', ids }, first.reason, by);
  }
}
