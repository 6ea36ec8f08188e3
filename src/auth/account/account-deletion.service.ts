import { Inject, Injectable, Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { NIL } from 'uuid';
import { Clock } from '../../platform/clock/index.js';
import { DATABASE, Statements, type Statement } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { SecurityEvents } from '../../platform/events/index.js';
import { Every } from '../../platform/jobs/index.js';
import {
  SessionsService,
  type EndedSession,
  type Requester,
  type SessionClient,
} from '../../sessions/index.js';
import { UsersService, type User } from '../../users/index.js';
import { Proofs } from '../proofs/proofs.js';
import { FreshProof, type TokenOwner } from '../step-up/fresh-proof.js';
import { AccountMails } from './account-mails.js';
import * as sql from './deletion.statements.js';

/** So few that one step holds its locks for milliseconds. */
const STEP_ROWS = 1000;

const FINISH_EVERY_MS = 60_000;

/** Checks, in the transaction of the deletion, that what allowed it still does. */
type Permission = (user: User) => void;

/**
 * Deletes accounts. The first transaction ends all sessions, and from its commit on nobody can sign
 * in. Then all rows about the user go: in steps, since there may be very many, and before the
 * response. If the process ends meanwhile, another one finishes within minutes.
 */
@Injectable()
export class AccountDeletionService {
  private readonly logger = new Logger('AccountDeletion');

  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly freshProof: FreshProof,
    private readonly proofs: Proofs,
    private readonly mails: AccountMails,
    private readonly events: SecurityEvents,
    private readonly statements: Statements,
    private readonly clock: Clock,
    @Inject(DATABASE) private readonly database: DataSource,
  ) {}

  /**
   * Deletes the account of a user who is signed in, and returns the sessions that ended by it.
   *
   * @param currentPassword needed by a user who has a password
   * @throws Problem those of `FreshProof`; `current_password_invalid` if somebody else has changed the
   * password meanwhile; `session_revoked`
   */
  async deleteOwn(
    token: TokenOwner,
    currentPassword: string | null | undefined,
    client: SessionClient,
  ): Promise<EndedSession[]> {
    const { id, passwordHash: verifiedHash } = await this.freshProof.require(
      token,
      currentPassword,
      client,
    );
    return this.delete(id, 'user', client, ({ passwordHash }) => {
      if (passwordHash !== verifiedHash) throw new Problem('current_password_invalid');
    });
  }

  /**
   * Deletes the account of a user, deactivated or not, for an operator.
   *
   * @throws Problem `conflict` if it is being deleted already
   */
  async deleteForOperator(userId: string, by: Requester = {}): Promise<EndedSession[]> {
    return this.delete(userId, 'operator', by, () => undefined);
  }

  /** Finishes what another process left because it ended or could not reach the database. */
  @Every(FINISH_EVERY_MS)
  async finishAll(): Promise<void> {
    const unfinished = await this.statements.run<{ userId: string }>(
      sql.LIST_UNFINISHED_DELETIONS,
      [this.clock.offsetMs],
    );
    for (const { userId } of unfinished) await this.finish(userId);
  }

  private async delete(
    userId: string,
    by: 'user' | 'operator',
    requester: Requester,
    permission: Permission,
  ): Promise<EndedSession[]> {
    const ended = await this.sessions.endAll(
      userId,
      'account_deleted',
      requester,
      async (transaction) => {
        const isFirst = await this.begin(userId, requester, permission, transaction);
        if (!isFirst) throw new Problem(by === 'user' ? 'session_revoked' : 'conflict');
      },
    );
    const { requestId } = requester;
    const client = requestId === undefined ? {} : { requestId };
    // Before the row of the user goes, so that listeners can still look at it.
    await this.events.emit('account_deleted', {
      userId,
      client,
      details: { by, sessions: ended.length },
    });
    await this.finish(userId);
    return ended;
  }

  /** False if another request has just deleted the account. */
  private async begin(
    userId: string,
    requester: Requester,
    permission: Permission,
    transaction: EntityManager,
  ): Promise<boolean> {
    const user = await this.users.lockAnyone(userId, transaction);
    if (!user || !(await this.remember(userId, transaction))) return false;
    permission(user);
    const addresses = await this.proofs.listReserved(userId, transaction);
    const recipients = [...new Set([user.email, ...addresses])];
    await this.mails.accountDeleted(userId, recipients, requester, transaction);
    await this.users.deactivate(userId, transaction);
    return true;
  }

  private async remember(userId: string, transaction: EntityManager): Promise<boolean> {
    const values = [userId, this.clock.offsetMs];
    return (await this.statements.run(sql.BEGIN_DELETION, values, transaction)).length === 1;
  }

  /** Never throws: the account is gone for its user, and the next run tries again. */
  private async finish(userId: string): Promise<void> {
    try {
      for (const statement of sql.DELETE_SOME) await this.runInSteps(statement, userId);
      await this.database.transaction(async (transaction) => {
        await this.statements.run(sql.DELETE_USER, [userId], transaction);
        await this.statements.run(sql.DELETE_LAST_EVENTS, [userId], transaction);
        await this.statements.run(sql.FORGET_USER_OF_REVOCATIONS, [userId, NIL], transaction);
      });
    } catch (error) {
      this.logger.error(
        { err: error, user_id: userId },
        'Some rows of a deleted account are left; the next run tries again.',
      );
    }
  }

  private async runInSteps(statement: Statement, userId: string): Promise<void> {
    for (;;) {
      const { length } = await this.statements.run(statement, [userId, STEP_ROWS]);
      if (length < STEP_ROWS) return;
    }
  }
}
