import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { User } from '../../users/index.js';
import type { Child, Superseded } from '../policy/rotation.js';

/**
 * How a session's refresh token travels: in the body of answers, or in a cookie that script cannot
 * read.
 */
export type Transport = 'body' | 'cookie';

/**
 * One sign-in on one device: one row, however often it is refreshed. It holds counters and never a
 * token, so a dump of the database signs nobody in. What the counters mean is told in
 * `policy/rotation.ts`.
 */
@Entity('sessions')
export class Session {
  /** UUID v7, made in the application. */
  @PrimaryColumn('uuid')
  id: string;

  @Index('sessions_user_id_idx')
  @Column('uuid', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => User, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'sessions_user_id_fkey' })
  user: User;

  /** Raised by a change of password; tokens of an older epoch are void. */
  @Column('integer', { default: 0 })
  epoch: number;

  @Column('integer')
  generation: number;

  @Column('integer', { name: 'generation_key' })
  generationKey: number;

  @Column('integer', { name: 'next_key' })
  nextKey: number;

  @Column('jsonb')
  children: Child[];

  @Column('jsonb')
  superseded: Superseded[];

  /** Counts the writes; what was decided on an older version is decided again. */
  @Column('integer', { default: 0 })
  version: number;

  /** The database refuses any other, by a trigger. */
  @Column('text')
  transport: Transport;

  /** What the login said; null where it said nothing. */
  @Column('boolean', { name: 'remember_me', nullable: true })
  rememberMe: boolean | null;

  @Column('double precision', { name: 'lifetime_seconds' })
  lifetimeSeconds: number;

  @Column('text', { name: 'device_name' })
  deviceName: string;

  /** Of the client that began it; null where the session is older than this column. */
  @Column('text', { nullable: true })
  fingerprint: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  /**
   * The address before `ip`, until the next refresh. It is there because `UPDATE … RETURNING` knows
   * no former value before PostgreSQL 18, and to join the row with itself made the statement of the
   * usual refresh slower by 6 %.
   */
  @Column('text', { name: 'previous_ip', nullable: true })
  previousIp: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** When a password was last given in this session. */
  @Column('timestamptz', { name: 'authenticated_at' })
  authenticatedAt: Date;

  /** The last login or refresh. */
  @Column('timestamptz', { name: 'last_used_at' })
  lastUsedAt: Date;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;

  @Column('timestamptz', { name: 'absolute_expires_at' })
  absoluteExpiresAt: Date;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('text', { name: 'revoked_reason', nullable: true })
  revokedReason: EndReason | null;
}

/** Why a session was ended before its time. */
export type EndReason =
  | 'logout'
  | 'logout_all'
  | 'ended_by_user'
  | 'ended_by_operator'
  | 'password_changed'
  | 'refresh_reuse_detected'
  | 'refresh_rate_unusual'
  | 'user_deactivated'
  | 'too_many_sessions';
