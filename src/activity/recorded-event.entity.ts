import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { SecurityEvent, SecurityEventType } from '../platform/events/index.js';

/** A recorded security event. Rows are added and, when old, deleted; they are never changed. */
@Entity('security_events')
@Index('security_events_user_id_idx', ['userId', 'id'])
@Index('security_events_sign_ins_idx', ['userId', 'id'], {
  where: `type IN ('registered', 'login_succeeded')`,
})
export class RecordedEvent implements Omit<SecurityEvent, 'requestId'> {
  /** UUID v7, made in the application: the order of ids is the order of time. */
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  type: SecurityEventType;

  @Column('timestamptz', { name: 'occurred_at' })
  occurredAt: Date;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId: string | null;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId: string | null;

  @Column('text', { nullable: true })
  network: string | null;

  @Column('text', { name: 'device_name', nullable: true })
  deviceName: string | null;

  @Column('text', { nullable: true })
  fingerprint: string | null;

  @Column('jsonb')
  details: SecurityEvent['details'];
}
