import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The blacklist: which sessions, or which of their epochs, access tokens must not be taken for any
 * more. A row lives as long as an access token may live at most, and names no token, since one
 * token has several spellings.
 */
@Entity('revocations')
export class Revocation {
  /**
   * Of the transaction that wrote the row: readers ask for what was written since, and miss none
   * that commits late.
   */
  @PrimaryColumn('bigint', { name: 'transaction_id' })
  transactionId: string;

  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  /** The lowest epoch that is still good; null where the session has ended. */
  @Column('integer', { name: 'lowest_epoch', nullable: true })
  lowestEpoch: number | null;

  @Index('revocations_expires_at_idx')
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
