import { Inject, Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { SecurityEvents } from '../platform/events/index.js';
import { SessionsService, type Requester } from '../sessions/index.js';
import {
  checkedMetadata,
  checkedRoles,
  toUserAccount,
  UsersService,
  type UserAccount,
} from '../users/index.js';

/** Roles to give to a user, and roles to take away. */
export interface RoleChange {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
}

/**
 * Users for a team's own code: looks them up, and changes their roles and what the team keeps about
 * them. It creates none: users register, or are imported.
 */
@Injectable()
export class Users {
  // Not by the constructor, whose types the declarations of the package would contain.
  @Inject(UsersService) private readonly users: UsersService;
  @Inject(SessionsService) private readonly sessions: SessionsService;
  @Inject(SecurityEvents) private readonly events: SecurityEvents;

  /** The user with this id, deactivated or not; null if there is none. */
  async findById(id: string): Promise<UserAccount | null> {
    const user = isUUID(id) ? await this.users.findAnyone(id) : null;
    return user && toUserAccount(user);
  }

  /** The user with this address, in any spelling, deactivated or not; null if there is none. */
  async findByEmail(email: string): Promise<UserAccount | null> {
    const user = isUUID(email) ? null : await this.users.findAnyone(email);
    return user && toUserAccount(user);
  }

  /**
   * Replaces the roles of a user. If that changes them, the user's older access tokens are
   * `token_expired` on every instance, and clients refresh; no session ends.
   *
   * @param by identifies the request in the log, if there is one
   * @returns null if there is no such user
   * @throws Problem `validation_failed` for more than 50 roles, or for a name that is not made of at
   * most 64 letters, digits, and `_ - : .`
   */
  async setRoles(
    id: string,
    roles: readonly string[],
    by?: Requester,
  ): Promise<UserAccount | null> {
    const wanted = checkedRoles(roles);
    return this.replaceRoles(id, () => wanted, by);
  }

  /**
   * Gives roles to a user, and takes roles away, as `setRoles` does. Changes that are made at the
   * same time add up.
   *
   * @returns null if there is no such user
   * @throws Problem `validation_failed` as `setRoles` does
   */
  async changeRoles(
    id: string,
    { add = [], remove = [] }: RoleChange,
    by?: Requester,
  ): Promise<UserAccount | null> {
    checkedRoles([...add]);
    const next = (roles: readonly string[]) =>
      checkedRoles([...roles, ...add].filter((role) => !remove.includes(role)));
    return this.replaceRoles(id, next, by);
  }

  /**
   * Replaces what the team keeps about a user. Access tokens stay good: call `expireAccessTokens`
   * if they have claims that depend on it.
   *
   * @returns null if there is no such user
   * @throws Problem `validation_failed` if it is not an object of at most 4 kB as JSON
   */
  async setMetadata(id: string, metadata: object): Promise<UserAccount | null> {
    const checked = checkedMetadata(metadata);
    if (!isUUID(id) || !(await this.users.replaceMetadata(id, checked))) return null;
    return this.findById(id);
  }

  /**
   * For a change of what a team's claims depend on: the user's older access tokens are
   * `token_expired` on every instance, and clients refresh; no session ends.
   */
  async expireAccessTokens(id: string): Promise<void> {
    if (isUUID(id)) await this.sessions.expireClaims(id, () => Promise.resolve(true));
  }

  private async replaceRoles(
    id: string,
    next: (roles: readonly string[]) => string[],
    by: Requester | undefined,
  ): Promise<UserAccount | null> {
    if (!isUUID(id)) return null;
    let change = { added: [] as string[], removed: [] as string[] };
    await this.sessions.expireClaims(id, async (transaction) => {
      const user = await this.users.lockAnyone(id, transaction);
      if (!user) return false;
      const roles = next(user.roles);
      change = differenceOf(user.roles, roles);
      if (change.added.length + change.removed.length === 0) return false;
      await this.users.replaceRoles(id, roles, transaction);
      return true;
    });
    if (change.added.length + change.removed.length > 0)
      await this.events.emit('roles_changed', { userId: id, client: by, details: change });
    return this.findById(id);
  }
}

function differenceOf(before: readonly string[], after: readonly string[]) {
  return {
    added: after.filter((role) => !before.includes(role)),
    removed: before.filter((role) => !after.includes(role)),
  };
}
