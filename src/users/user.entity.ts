import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One person who can sign in. The address is in its canonical form (`canonicalAddress`) and unique
 * (index on `lower(email COLLATE "C")`).
 */
@Entity('users')
export class User {
  /** UUID v7, made in the application. */
  @PrimaryColumn('uuid')
  id: string;

  @Column('text')
  email: string;

  @Column('boolean', { name: 'email_verified', default: false })
  emailVerified: boolean;

  @Column('text', { name: 'first_name', nullable: true })
  firstName: string | null;

  @Column('text', { name: 'last_name', nullable: true })
  lastName: string | null;

  /** A deactivated user cannot sign in, and has no live session. */
  @Column('timestamptz', { name: 'deactivated_at', nullable: true })
  deactivatedAt: Date | null;

  /**
   * Sessions that were last authenticated before this instant have ended, even if their rows do not
   * say so yet. Set when very many sessions are ended at once.
   */
  @Column('timestamptz', { name: 'sessions_end_before', nullable: true })
  sessionsEndBefore: Date | null;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** Names that a team gives meaning to, such as `admin`. */
  @Column('text', { array: true, default: '{}' })
  roles: string[];

  /** What a team keeps about the user: an object, at most 4 kB as JSON. */
  @Column('jsonb', { default: {} })
  metadata: object;

  /** Raised by a change of roles: access tokens of an older version are no longer accepted. */
  @Column('integer', { name: 'claims_version', default: 0 })
  claimsVersion: number;

  #passwordHash: string | null;

  /**
   * bcrypt, or an imported hash of Argon2, with its parameters and salt in the text. It is an accessor on a private field, so that no
   * copy, serialisation or log of a user contains it. Null if the user has no password.
   */
  @Column('text', { name: 'password_hash', nullable: true })
  get passwordHash(): string | null {
    return this.#passwordHash;
  }

  set passwordHash(passwordHash: string | null) {
    this.#passwordHash = passwordHash;
  }
}

/** The members of a user that the user may see. */
export type UserProfile = Pick<User, 'id' | 'email' | 'emailVerified' | 'firstName' | 'lastName'>;
