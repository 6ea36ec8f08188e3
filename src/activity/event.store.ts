import { Inject, Injectable } from '@nestjs/common';
import { LessThan, type DataSource, type Repository } from 'typeorm';
import { DATABASE, Statements } from '../platform/database/index.js';
import { isWithoutUser, type SecurityEvent } from '../platform/events/index.js';
import { BoundedQueue } from '../platform/bounded-queue/index.js';
import { ADD_EVENT, DELETE_OLD_EVENTS, READ_KNOWN_CLIENTS } from './event.statements.js';
import type { KnownClient } from './policy/sign-in-anomalies.js';
import { RecordedEvent } from './recorded-event.entity.js';

/**
 * Sign-ins use at most this many connections for the table: if it is slow or locked, the other
 * connections remain free for the sign-ins themselves.
 */
const QUEUE_LIMITS = { atOnce: 2, waiting: 1000 };

/** The table `security_events`. */
@Injectable()
export class EventStore {
  private readonly events: Repository<RecordedEvent>;
  private readonly queue = new BoundedQueue(QUEUE_LIMITS);

  constructor(
    @Inject(DATABASE) database: DataSource,
    private readonly statements: Statements,
  ) {
    this.events = database.getRepository(RecordedEvent);
  }

  /** Does nothing if the user of the event was deleted meanwhile. */
  async add(event: SecurityEvent): Promise<void> {
    const { id, type, occurredAt, sessionId, network, deviceName, fingerprint, details } = event;
    const userId = isWithoutUser(type) ? null : event.userId;
    const from = [sessionId, network, deviceName, fingerprint];
    const values = [id, type, occurredAt, userId, ...from, JSON.stringify(details)];
    await this.queue.run(() => this.statements.run(ADD_EVENT, values));
  }

  /** The clients that the user of this event signed in with before it. */
  async knownClientsBefore({ userId, id }: SecurityEvent): Promise<KnownClient[]> {
    return this.queue.run(() => this.statements.run<KnownClient>(READ_KNOWN_CLIENTS, [userId, id]));
  }

  /**
   * Events of the user, newest first, at most `limit`; with `beforeId`, those before that event.
   */
  async list(userId: string, limit: number, beforeId?: string): Promise<RecordedEvent[]> {
    const where = { userId, ...(beforeId !== undefined && { id: LessThan(beforeId) }) };
    return this.events.find({ where, order: { id: 'DESC' }, take: limit });
  }

  /**
   * Deletes at most `limit` events from before an instant (epoch milliseconds), the oldest first;
   * returns how many it deleted.
   */
  async deleteBefore(instantMs: number, limit: number): Promise<number> {
    return (await this.statements.run(DELETE_OLD_EVENTS, [firstIdAt(instantMs), limit])).length;
  }
}

/** The smallest UUID v7 of an instant (RFC 9562, section 5.7): its first 48 bits are the time. */
function firstIdAt(instantMs: number): string {
  const time = Math.max(0, Math.floor(instantMs)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
