import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { v7 as newId } from 'uuid';
import { Clock } from '../platform/clock/index.js';
import { BoundedQueue } from '../platform/bounded-queue/index.js';
import { Config } from '../platform/config/index.js';
import { Statements } from '../platform/database/index.js';
import type { Happened, NewMail, NoticeKind, StoredMail } from './mail.js';
import { sendWithinMinutes } from './policy/attempts.js';
import { seal } from './sealed-data.js';
import {
  ADD_MAIL,
  ADD_NOTICE,
  COMPLETE_MAIL,
  DELETE_OLD_MAILS,
  DROP_MAILS,
  DROP_MAILS_TO,
  GIVE_UP_MAIL,
  LEASE_MAILS,
  MEASURE_MAILS,
  POSTPONE_MAIL,
} from './mail.statements.js';

/** Requests wait for a notice to be added, so a slow table must not use up the connections. */
const QUEUE_LIMITS = { atOnce: 2, waiting: 1000 };

/** What waits in the outbox, of all instances. */
export interface Backlog {
  readonly waiting: number;
  /** 0 if none waits. */
  readonly oldestSeconds: number;
}

/** The table `mails`. */
@Injectable()
export class MailStore {
  private readonly notices = new BoundedQueue(QUEUE_LIMITS);

  constructor(
    private readonly statements: Statements,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  async add({ kind, userId, recipient, data }: NewMail, transaction: EntityManager): Promise<void> {
    const id = newId();
    const minutes = sendWithinMinutes(
      'expiresInMinutes' in data ? data.expiresInMinutes : undefined,
    );
    const sealed = this.sealed(data, id);
    const values = [id, kind, userId, recipient, sealed, this.clock.offsetMs, minutes];
    await this.statements.run(ADD_MAIL, values, transaction);
  }

  /** False if the account is gone, or had too many notices of this kind today. */
  async addNotice(kind: NoticeKind, userId: string, data: Happened): Promise<boolean> {
    const id = newId();
    const sealed = this.sealed(data, id);
    const values = [id, kind, userId, sealed, this.clock.offsetMs, sendWithinMinutes()];
    const added = await this.notices.run(() => this.statements.run(ADD_NOTICE, values));
    return added.length > 0;
  }

  async dropOf(userId: string, transaction: EntityManager): Promise<void> {
    await this.statements.run(DROP_MAILS, [userId], transaction);
  }

  async dropTo(recipients: readonly string[], transaction: EntityManager): Promise<void> {
    await this.statements.run(DROP_MAILS_TO, [recipients], transaction);
  }

  /** Mails that are due; nobody else takes them within `leaseMs`. */
  async lease(leaseMs: number, limit: number): Promise<StoredMail[]> {
    return this.statements.run<StoredMail>(LEASE_MAILS, [this.clock.offsetMs, leaseMs, limit]);
  }

  async complete({ id }: StoredMail): Promise<void> {
    await this.statements.run(COMPLETE_MAIL, [id, this.clock.offsetMs]);
  }

  async postpone({ id, attempts }: StoredMail, afterMs: number): Promise<void> {
    await this.statements.run(POSTPONE_MAIL, [id, attempts, afterMs, this.clock.offsetMs]);
  }

  async giveUp({ id, attempts }: StoredMail): Promise<void> {
    await this.statements.run(GIVE_UP_MAIL, [id, attempts, this.clock.offsetMs]);
  }

  async measure(): Promise<Backlog> {
    const [backlog] = await this.statements.run<Backlog>(MEASURE_MAILS, [this.clock.offsetMs]);
    return backlog ?? { waiting: 0, oldestSeconds: 0 };
  }

  /** Deletes at most `limit` rows older than `days`; returns how many it deleted. */
  async deleteOlderThan(days: number, limit: number): Promise<number> {
    const deleted = await this.statements.run(DELETE_OLD_MAILS, [this.clock.offsetMs, days, limit]);
    return deleted.length;
  }

  private sealed(data: object, id: string): string {
    return seal(data, id, this.config.tokens.secret);
  }
}
