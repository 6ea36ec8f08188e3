import { api, ApiError } from '../../client/api.js';
import { type EventPage, eventsQuery } from '../../client/events.js';
import { ignoringGone, type SessionDetails } from '../../client/sessions.js';

/** A user, as operators see them. */
export interface UserDetails {
  readonly id: string;
  readonly email: string;
  readonly email_verified: boolean;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly created_at: string;
  /** Since when the user cannot sign in; null for one who can. */
  readonly deactivated_at: string | null;
  readonly roles: readonly string[];
}

type UserId = Pick<UserDetails, 'id'>;

/** How many sessions were ended. */
interface Revoked {
  readonly revoked: number;
}

/** What becomes other roles. */
export interface RoleChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The routes for operators, by `ADMIN_TOKEN`, or without one by the session of a user with the role
 * `admin`. Each method throws what `api` does; `onRefused` is called where the server does not take
 * the token.
 */
export class OperatorApi {
  constructor(
    private readonly token: string | undefined,
    private readonly onRefused: (error: ApiError) => void = () => undefined,
  ) {}

  /** Resolves if the server takes the token. */
  async check(): Promise<void> {
    await this.send('/revocations');
  }

  /** The user with this address or id, if there is one. */
  async find(addressOrId: string): Promise<UserDetails | undefined> {
    const query = `?user=${encodeURIComponent(addressOrId)}`;
    const { users } = await this.send<{ users: UserDetails[] }>(`/users${query}`);
    return users[0];
  }

  async listSessions({ id }: UserId, signal: AbortSignal): Promise<SessionDetails[]> {
    const path = `/users/${id}/sessions`;
    return (await this.send<{ sessions: SessionDetails[] }>(path, { signal })).sessions;
  }

  async listEvents({ id }: UserId, cursor: string | undefined): Promise<EventPage> {
    return this.send<EventPage>(`/users/${id}/events${eventsQuery(cursor)}`);
  }

  /** Ends one session. One that has ended already is no error. */
  async endSession({ id }: UserId, session: SessionDetails): Promise<void> {
    await ignoringGone(this.send(`/users/${id}/sessions/${session.id}`, { method: 'DELETE' }));
  }

  async endSessions({ id }: UserId): Promise<number> {
    return (await this.send<Revoked>(`/users/${id}/sessions`, { method: 'DELETE' })).revoked;
  }

  /** Bars a user from signing in, and ends all their sessions. */
  async bar({ id }: UserId): Promise<number> {
    return (await this.send<Revoked>(`/users/${id}/deactivation`, { method: 'PUT' })).revoked;
  }

  async letIn({ id }: UserId): Promise<void> {
    await this.send(`/users/${id}/deactivation`, { method: 'DELETE' });
  }

  /** Gives roles and takes roles away; those that another operator has changed meanwhile stay. */
  async changeRoles(user: UserDetails, { add, remove }: RoleChange): Promise<void> {
    const { roles: before } = (await this.find(user.id)) ?? user;
    const roles = [...before.filter((role) => !remove.includes(role)), ...add];
    await this.send(`/users/${user.id}`, { method: 'PATCH', body: { roles } });
  }

  /** Mails a link to set a new password. */
  async mailPasswordReset({ id }: UserId): Promise<void> {
    await this.send(`/users/${id}/password-reset`, { method: 'POST' });
  }

  private async send<Body>(path: string, request: Parameters<typeof api>[1] = {}): Promise<Body> {
    try {
      return await api<Body>(`/api/admin${path}`, { ...request, token: this.token });
    } catch (error) {
      if (error instanceof ApiError && isRefusal(error, path)) this.onRefused(error);
      throw error;
    }
  }
}

/** Without `ADMIN_TOKEN` there are no such routes for others; below a user, 404 is about that user. */
function isRefusal({ status }: ApiError, path: string): boolean {
  return status === 401 || (status === 404 && !path.startsWith('/users/'));
}
