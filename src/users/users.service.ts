import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import {
  IsNull,
  Not,
  QueryFailedError,
  type DataSource,
  type EntityManager,
  type Repository,
} from 'typeorm';
import { v7 as newId } from 'uuid';
import { DATABASE } from '../platform/database/index.js';
import { Problem } from '../platform/errors/index.js';
import { canonicalAddress } from './email-address.js';
import { User, type UserProfile } from './user.entity.js';

/** PostgreSQL's code of an error. */
const UNIQUE_VIOLATION = '23505';

export interface NewUser {
  readonly email: string;
  readonly passwordHash: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
}

/** What proving an address changes. */
export interface ProvedChange {
  readonly email?: string;
  /** Null removes the password. */
  readonly passwordHash?: string | null;
}

export type NameChange = Partial<Pick<User, 'firstName' | 'lastName'>>;

/** Adds, finds and changes users. It does not depend on sessions. */
@Injectable()
export class UsersService {
  private readonly users: Repository<User>;

  constructor(@Inject(DATABASE) database: DataSource) {
    this.users = database.getRepository(User);
  }

  /**
   * Adds a user within the given transaction; undefined if the address is taken, in any spelling.
   *
   * @throws Problem `validation_failed` if the address is invalid
   */
  async create(user: NewUser, transaction: EntityManager): Promise<User | undefined> {
    const created = transaction.create(User, {
      ...user,
      email: requireCanonical(user.email),
      id: newId(),
      emailVerified: false,
      deactivatedAt: null,
      roles: [],
      metadata: {},
      claimsVersion: 0,
    });
    const insert = transaction
      .createQueryBuilder()
      .insert()
      .into(User)
      .values(created)
      .orIgnore()
      .returning('id');
    const inserted = await insert.execute();
    return (inserted.raw as unknown[]).length === 1 ? created : undefined;
  }

  /** The active user with this address, in any spelling. */
  async findByEmail(email: string): Promise<User | null> {
    const user = await this.findByAddress(email);
    return user?.deactivatedAt ? null : user;
  }

  async findById(id: string): Promise<User | null> {
    return this.users.findOneBy({ id, deactivatedAt: IsNull() });
  }

  /** The active user, whose row nobody else changes until the end of the transaction. */
  async lock(id: string, transaction: EntityManager): Promise<User | null> {
    const where = { id, deactivatedAt: IsNull() };
    return transaction.findOne(User, { where, lock: { mode: 'for_no_key_update' } });
  }

  /** The user with this id or address, deactivated or not: for operators. */
  async findAnyone(idOrEmail: string): Promise<User | null> {
    if (isUUID(idOrEmail)) return this.users.findOneBy({ id: idOrEmail });
    return this.findByAddress(idOrEmail);
  }

  /** The user, deactivated or not, whose row nobody else changes until the end of the transaction. */
  async lockAnyone(id: string, transaction: EntityManager): Promise<User | null> {
    return transaction.findOne(User, { where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  /** Replaces the roles of a user; `lockAnyone` comes first, and then the user's claims expire. */
  async replaceRoles(id: string, roles: string[], transaction: EntityManager): Promise<void> {
    await transaction.update(User, { id }, { roles });
  }

  /** Replaces what a team keeps about a user; false if there is no such user. */
  async replaceMetadata(id: string, metadata: object): Promise<boolean> {
    const { affected } = await this.users.update({ id }, { metadata });
    return affected === 1;
  }

  /** Changes the given names; null if there is no such user. */
  async rename(id: string, change: NameChange): Promise<UserProfile | null> {
    const given = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    ) as NameChange;
    if (Object.keys(given).length > 0) await this.users.update({ id }, given);
    return this.findById(id);
  }

  /**
   * Prevents a user from signing in. The caller ends the user's sessions in the same transaction.
   */
  async deactivate(id: string, transaction: EntityManager): Promise<void> {
    await transaction.update(
      User,
      { id, deactivatedAt: IsNull() },
      { deactivatedAt: () => 'now()' },
    );
  }

  /** Allows a deactivated user to sign in again; false if there is no such user. */
  async reactivate(id: string): Promise<boolean> {
    const { affected } = await this.users.update(
      { id, deactivatedAt: Not(IsNull()) },
      { deactivatedAt: null },
    );
    return affected === 1;
  }

  /**
   * Replaces a password's hash, or sets the first one (`verifiedHash` is null), only if it is still
   * the one that was verified: of two concurrent changes, one succeeds. Returns whether it did.
   */
  async replaceHash(
    id: string,
    verifiedHash: string | null,
    newHash: string,
    transaction?: EntityManager,
  ): Promise<boolean> {
    const users = transaction?.getRepository(User) ?? this.users;
    const { affected } = await users.update(
      { id, passwordHash: verifiedHash ?? IsNull(), deactivatedAt: IsNull() },
      { passwordHash: newHash },
    );
    return affected === 1;
  }

  /**
   * Marks the address of an active user as proved, and changes what else is given; false if the user
   * has another address by now.
   *
   * @param email in its canonical form
   * @throws an error for which `isTaken` is true, if somebody else has the new address
   */
  async prove(
    { id, email }: Pick<User, 'id' | 'email'>,
    change: ProvedChange,
    transaction: EntityManager,
  ): Promise<boolean> {
    const { affected } = await transaction.update(
      User,
      { id, email, deactivatedAt: IsNull() },
      { ...change, emailVerified: true },
    );
    return affected === 1;
  }

  private async findByAddress(email: string): Promise<User | null> {
    const address = canonicalAddress(email);
    if (address === undefined) return null;
    // With the collation "C": the result of `lower` for `I` depends on the database's locale.
    return this.users
      .createQueryBuilder('u')
      .where(`lower(u.email COLLATE "C") = :address`, { address })
      .getOne();
  }
}

/** True for the error of a change to an address that somebody else has. */
export function isTaken(error: unknown): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  return (error.driverError as { code?: unknown }).code === UNIQUE_VIOLATION;
}

function requireCanonical(email: string): string {
  const address = canonicalAddress(email);
  if (address !== undefined) return address;
  const fieldErrors = [{ field: 'email', message: 'email must be an email address' }];
  throw new Problem('validation_failed', { fieldErrors });
}
