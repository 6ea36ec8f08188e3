import { Injectable } from '@nestjs/common';
import { UserEvents, type EventListResponse, type EventsQuery } from '../activity/index.js';
import {
  AccountDeletionService,
  AuthService,
  PasswordResetService,
  Users,
  type RoleChange,
} from '../auth/index.js';
import { linkTo } from '../mail/index.js';
import { Config } from '../platform/config/index.js';
import { SecurityEvents } from '../platform/events/index.js';
import {
  RevocationStore,
  SessionsService,
  type Requester,
  type RevocationReport,
  type SessionSummary,
} from '../sessions/index.js';
import { checkedRoles, UsersService, type User } from '../users/index.js';

/** More than anybody needs to see. */
const MAX_LISTED_SESSIONS = 1000;

/** Names are those of the command's output. */
export type PasswordResetLink =
  | { readonly mailed: true }
  | {
      readonly mailed: false;
      /** Only a path if `PUBLIC_URL` is not set. */
      readonly link: string;
      readonly code: string;
      readonly expires_in_minutes: number;
    };

/**
 * What operators can do, by the command line or by routes. Sessions that end here end on every
 * instance, as if their user had ended them. `by` identifies the request in the log, if there is
 * one.
 */
@Injectable()
export class AdminService {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: Users,
    private readonly sessions: SessionsService,
    private readonly auth: AuthService,
    private readonly passwordResets: PasswordResetService,
    private readonly deletions: AccountDeletionService,
    private readonly userEvents: UserEvents,
    private readonly config: Config,
    private readonly revocations: RevocationStore,
    private readonly events: SecurityEvents,
  ) {}

  /** Finds a user by id or address, deactivated or not. */
  async findUser(idOrEmail: string): Promise<User | null> {
    return this.users.findAnyone(idOrEmail);
  }

  /** The live sessions of a user, the last used first; a thousand at most. */
  async listSessions({ id }: User): Promise<SessionSummary[]> {
    return this.sessions.list(id, { limit: MAX_LISTED_SESSIONS });
  }

  /** Ends all sessions of a user; returns how many. */
  async endSessions({ id: userId }: User, by?: Requester): Promise<number> {
    const { length: sessions } = await this.sessions.endAll(userId, 'ended_by_operator', by);
    await this.events.emit('sessions_ended_by_operator', {
      userId,
      client: by,
      details: { sessions },
    });
    return sessions;
  }

  /** Ends one session; false if the user has no such live session. */
  async endSession({ id: userId }: User, sessionId: string, by?: Requester): Promise<boolean> {
    return this.sessions.endForOperator(sessionId, userId, by);
  }

  /** Ends all sessions of all users that began before an instant; returns how many. */
  async endSessionsBegunBefore(instant: Date, by?: Requester): Promise<number> {
    const sessions = await this.sessions.endBegunBefore(instant, by);
    await this.events.emit('sessions_ended_by_operator', {
      client: by,
      details: { sessions, begun_before: instant.toISOString() },
    });
    return sessions;
  }

  /** Deactivates a user, who then cannot sign in, and ends all their sessions; returns how many. */
  async deactivate({ id }: User, by?: Requester): Promise<number> {
    return (await this.auth.deactivate(id, by)).length;
  }

  async reactivate({ id }: User, by?: Requester): Promise<void> {
    await this.auth.reactivate(id, by);
  }

  /**
   * Gives roles to a user, and takes roles away; sessions go on with the new ones.
   *
   * @throws Problem `validation_failed` for a name that no role may have, and for more than 50
   */
  async changeRoles({ id }: User, change: RoleChange, by?: Requester): Promise<void> {
    await this.accounts.changeRoles(id, change, by);
  }

  /**
   * Replaces the roles of a user, what the team keeps about them, or both.
   *
   * @throws Problem `validation_failed` as `Users.setRoles` and `Users.setMetadata`
   */
  async updateUser(
    { id }: User,
    { roles, metadata }: { readonly roles?: readonly string[]; readonly metadata?: object },
    by?: Requester,
  ): Promise<void> {
    if (roles) checkedRoles(roles);
    if (metadata) await this.accounts.setMetadata(id, metadata);
    if (roles) await this.accounts.setRoles(id, roles, by);
  }

  /**
   * Deletes the account of a user and everything that is kept about them; returns how many sessions
   * ended by it. It cannot be undone.
   */
  async deleteUser({ id }: User, by?: Requester): Promise<number> {
    return (await this.deletions.deleteForOperator(id, by)).length;
  }

  /**
   * Mails a user a link to set a new password. Where no mail is sent, returns the link with its
   * code, for the operator to hand over.
   */
  async resetPassword(user: User): Promise<PasswordResetLink> {
    const reset = await this.passwordResets.resetForOperator(user);
    if (reset.kind === 'mailed') return { mailed: true };
    const { token, code, expiresInMinutes } = reset.proof;
    const link = linkTo('resetPassword', token, this.config);
    return { mailed: false, link, code, expires_in_minutes: expiresInMinutes };
  }

  /**
   * Mails a user a link to set a new password. Over HTTP nothing else is offered: whoever has stolen
   * `ADMIN_TOKEN` could take over every account with a link.
   *
   * @throws Problem `mail_not_configured`
   */
  async mailPasswordReset(user: User): Promise<void> {
    await this.passwordResets.mailResetForOperator(user);
  }

  /** A page of the security events of a user, newest first. */
  async listEvents({ id }: User, query: EventsQuery): Promise<EventListResponse> {
    return this.userEvents.list(id, query);
  }

  async reportRevocations(): Promise<RevocationReport> {
    return this.revocations.report();
  }
}
