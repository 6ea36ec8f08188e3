import type { User } from './user.entity.js';

/** A user as a team's code sees one: everything but what proves who they are. */
export interface UserAccount {
  readonly id: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** In the order of their names. */
  readonly roles: readonly string[];
  /** What a team keeps about the user. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  /** Since then the user cannot sign in. */
  readonly deactivatedAt: Date | null;
}

export function toUserAccount(user: User): UserAccount {
  const { id, email, emailVerified, firstName, lastName, roles, createdAt, deactivatedAt } = user;
  const metadata = user.metadata as UserAccount['metadata'];
  return {
    id,
    email,
    emailVerified,
    firstName,
    lastName,
    roles,
    metadata,
    createdAt,
    deactivatedAt,
  };
}
