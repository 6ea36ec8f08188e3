import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MailKind } from './mail.js';

/**
 * A mail of the outbox. Recipient and data, which have addresses and tokens, are null once it was
 * sent or given up.
 */
@Entity('mails')
export class OutgoingMail {
  /** UUID v7, made in the application. The `Message-ID` is made from it. */
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  kind: MailKind;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId: string | null;

  @Column('text', { nullable: true })
  recipient: string | null;

  /** Encrypted, see `seal`. */
  @Column('text', { nullable: true })
  data: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  /** Not before this time is it tried, or tried again. A lease of an instance moves it, too. */
  @Column('timestamptz', { name: 'due_at' })
  dueAt: Date;

  /** Then it is given up. */
  @Column('timestamptz', { name: 'send_until' })
  sendUntil: Date;

  @Column('integer')
  attempts: number;

  @Column('timestamptz', { name: 'sent_at', nullable: true })
  sentAt: Date | null;

  @Column('timestamptz', { name: 'given_up_at', nullable: true })
  givenUpAt: Date | null;
}
