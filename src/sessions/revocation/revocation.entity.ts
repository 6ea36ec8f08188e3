import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * The blacklist: sessions, or epochs of sessions, whose access tokens are no longer accepted. A row
 * is kept for the longest lifetime of an access token. It names the session and not a token, since
 * one token has several spellings. A row whose session is its user voids tokens with older claims of
 * that user.
 */
@Entity('revocations')
export class Revocation {
  /**
   * The transaction that wrote the row. Readers use it to find rows that were written since their
   * last read, including those of transactions that commit late.
   */
  @PrimaryColumn('bigint', { name: 'transaction_id' })
  transactionId: string;

  @PrimaryColumn('uuid', { name: 'session_id' })
  sessionId: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  /** The lowest epoch that is still good; null if the session has ended. */
  @Column('integer', { name: 'lowest_epoch', nullable: true })
  lowestEpoch: number | null;

  @Index('revocations_expires_at_idx')
  @Column('timestamptz', { name: 'expires_at' })
  expiresAt: Date;
}
