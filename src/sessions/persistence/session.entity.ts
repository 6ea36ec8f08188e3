import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { Child, Superseded, Transport } from '#protocol';
import { User } from '../../users/index.js';
/**
 * One sign-in on one device: one row, however often it is refreshed. It contains counters and never
 * a token, so a dump of the database gives nobody access. `packages/protocol/src/rotation.ts` defines the
 * counters.
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

  /**
   * Raised by a change of password, and when the user proves again who they are; tokens of an older
   * epoch are void.
   */
  @Column('integer', { default: 0 })
  epoch: number;

  /**
   * The epoch that the last change of password began. With a token of this one or a later one, the
   * user can prove again who they are.
   */
  @Column('integer', { name: 'provable_epoch', default: 0 })
  provableEpoch: number;

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

  /** Counts the writes. A decision on an older version is made again. */
  @Column('integer', { default: 0 })
  version: number;

  /** A trigger in the database rejects any other value. */
  @Column('text')
  transport: Transport;

  /** As given at login; null if it was not given. */
  @Column('boolean', { name: 'remember_me', nullable: true })
  rememberMe: boolean | null;

  /** How the user has proved who they are, by the names of RFC 8176, such as `pwd`. */
  @Column('text', { array: true, default: '{pwd}' })
  amr: string[];

  @Column('double precision', { name: 'lifetime_seconds' })
  lifetimeSeconds: number;

  @Column('text', { name: 'device_name' })
  deviceName: string;

  /**
   * Of the client that began the session, which is its key if the session is bound to one; null if
   * the session is older than this column.
   */
  @Column('text', { nullable: true })
  fingerprint: string | null;

  /**
   * The thumbprint (RFC 7638) of the key that the session is bound to; null if it is bound to none.
   * The sign-in has proved it. Another one replaces it with a new epoch only, and a session that is
   * bound to none stays so.
   */
  @Column('text', { name: 'key_thumbprint', nullable: true })
  keyThumbprint: string | null;

  @Column('text', { nullable: true })
  ip: string | null;

  /**
   * The address before `ip`, until the next refresh. It exists because `UPDATE … RETURNING` cannot
   * return old values before PostgreSQL 18, and joining the row with itself made the usual refresh
   * statement 6 % slower.
   */
  @Column('text', { name: 'previous_ip', nullable: true })
  previousIp: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** When the user last proved who they are in this session. */
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

/** Why a session ended before it expired. */
export type EndReason =
  | 'logout'
  | 'logout_all'
  | 'ended_by_user'
  | 'ended_by_operator'
  | 'password_changed'
  | 'refresh_reuse_detected'
  | 'refresh_rate_unusual'
  | 'user_deactivated'
  | 'account_deleted'
  | 'too_many_sessions';
