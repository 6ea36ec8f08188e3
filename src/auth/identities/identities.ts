import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { DATABASE, Statements } from '../../platform/database/index.js';
import { Problem } from '../../platform/errors/index.js';
import { UsersService } from '../../users/index.js';
import { requireIdentityNames } from './identity-names.js';
import * as sql from './identity.statements.js';

/** A user of a provider, by the provider's own names. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
}

/** An identity that is linked to a user. */
export interface LinkedIdentity extends Identity {
  /** The same for the same issuer and subject. */
  readonly id: string;
  readonly createdAt: Date;
}

/** Which identities of login providers are linked to which users. One is linked to one user only. */
@Injectable()
export class Identities {
  // Not by the constructor, whose types the declarations of the package would contain.
  @Inject() private readonly statements: Statements;
  @Inject() private readonly users: UsersService;
  @Inject(DATABASE) private readonly database: DataSource;

  /** The id of the user that an identity is linked to; undefined if it is linked to nobody. */
  async find({ issuer, subject }: Identity): Promise<string | undefined> {
    const values = [issuer, subject];
    const [found] = await this.statements.run<{ userId: string }>(sql.FIND_IDENTITY, values);
    return found?.userId;
  }

  /**
   * Links an identity to a user, optionally in a transaction. Returns whether it is new; it may be
   * linked to this user already.
   *
   * @throws Problem `identity_taken` if it is linked to another user; an error for an issuer or a
   * subject that is missing, longer than 500 characters or on several lines, or if both together
   * have more than 2,000 bytes
   */
  async link(
    userId: string,
    { issuer, subject }: Identity,
    transaction?: EntityManager,
  ): Promise<boolean> {
    requireIdentityNames({ issuer, subject });
    const values = [issuer, subject, userId];
    const [linked] = await this.statements.run<{ userId: string; isNew: boolean }>(
      sql.LINK_IDENTITY,
      values,
      transaction,
    );
    // No row: another transaction has just linked it, which this statement cannot see.
    if (linked?.userId !== userId) throw new Problem('identity_taken');
    return linked.isNew;
  }

  /** The identities of a user, the oldest first. */
  async list(userId: string, transaction?: EntityManager): Promise<LinkedIdentity[]> {
    const rows = await this.statements.run<Omit<LinkedIdentity, 'id'>>(
      sql.LIST_IDENTITIES,
      [userId],
      transaction,
    );
    return rows.map((row) => ({ id: idOf(row), ...row }));
  }

  /**
   * Unlinks an identity of a user, and returns it.
   *
   * @throws Problem `not_found`; `last_sign_in_method` if the user could not sign in any more
   */
  async unlink(userId: string, id: string): Promise<LinkedIdentity> {
    return this.database.transaction(async (transaction) => {
      // Two identities that are unlinked at the same time must not both count on the other.
      const user = await this.users.lock(userId, transaction);
      const all = await this.list(userId, transaction);
      const identity = all.find((one) => one.id === id);
      if (!user || !identity) throw new Problem('not_found');
      if (user.passwordHash === null && all.length === 1) throw new Problem('last_sign_in_method');
      const values = [userId, identity.issuer, identity.subject];
      await this.statements.run(sql.UNLINK_IDENTITY, values, transaction);
      return identity;
    });
  }

  /** Unlinks all identities of a user, whose account somebody else has proved to own. */
  async unlinkAll(userId: string, transaction: EntityManager): Promise<void> {
    await this.statements.run(sql.UNLINK_ALL, [userId], transaction);
  }
}

function idOf({ issuer, subject }: Identity): string {
  const names = JSON.stringify([issuer, subject]);
  return createHash('sha256').update(names).digest('base64url').slice(0, 22);
}
